#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "core/nn/view.h"
#include "trainer/recipe.h"

namespace ddnn {

/// How one view is changed before a network learns from it.
struct Augmentation {
  bool mirror = false;
  int shift_x = 0;  ///< pixels to the right; the border is repeated
  int shift_y = 0;  ///< pixels down
};

/// Draws what the recipe's `augment` keys allow; the same number of draws
/// whatever they are.
Augmentation DrawAugmentation(const Recipe& recipe, std::mt19937_64* random);

/// Draws which of a sample's views are learnt from: each is dropped with the
/// chance `augment.device_dropout`.
/// \param sees  per camera, whether it sees the sample; one does.
/// \return per camera; all that see the sample, if none would be left.
std::vector<bool> DrawShown(const Recipe& recipe, const std::vector<bool>& sees,
                            std::mt19937_64* random);

/// Changes a view and divides it by its largest value, as networks read it.
///
/// \param bytes  [3][32][32]
/// \param out    [3][32][32], in [0, 1]
void ApplyAugmentation(const Augmentation& augmentation,
                       std::span<const std::uint8_t> bytes,
                       std::span<float> out);

}  // namespace ddnn

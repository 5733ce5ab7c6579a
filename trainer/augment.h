#pragma once

#include <array>
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
  std::array<float, 3> gain{1, 1, 1};  ///< of each colour
  float curve = 0;        ///< x + curve x (1 - x): > 0 brightens, in [-1, 1]
  bool negative = false;  ///< x becomes 1 - x
};

/// Draws what the recipe's `augment` keys allow; the same number of draws
/// whatever they are.
Augmentation DrawAugmentation(const Recipe& recipe, std::mt19937_64* random);

/// Draws which of a sample's views are learnt from.
///
/// Each view is dropped with the chance `augment.device_dropout`. With the
/// chance `augment.overlap`, a camera that does not see a certain sample of
/// another class drops its view too. Of two classes, either is then shown by
/// cameras that see both, so that which cameras those are tells nothing, and
/// the network must look at the pixels.
/// \param sees   per camera, whether it sees the sample; one does.
/// \param other  the same of the sample of another class.
/// \return per camera; all that see the sample, if none would be left.
std::vector<bool> DrawShown(const Recipe& recipe, const std::vector<bool>& sees,
                            const std::vector<bool>& other,
                            std::mt19937_64* random);

/// Changes a view and divides it by its largest value, as networks read it.
///
/// \param bytes  [3][32][32]
/// \param out    [3][32][32], in [0, 1]; 1 somewhere, unless the view is dark
///     throughout.
void ApplyAugmentation(const Augmentation& augmentation,
                       std::span<const std::uint8_t> bytes,
                       std::span<float> out);

}  // namespace ddnn

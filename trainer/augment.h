#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>

#include "core/nn/view.h"
#include "trainer/recipe.h"

namespace ddnn {

/// How one view is changed before a network learns from it.
struct Augmentation {
  bool mirror = false;
  std::array<float, 2> zoom{1, 1};  ///< of width and height, about the middle
  int shift_x = 0;  ///< pixels to the right; the border is repeated
  int shift_y = 0;  ///< pixels down
  std::array<float, 3> gain{1, 1, 1};  ///< of each colour
  float curve = 0;        ///< x + curve x (1 - x): > 0 brightens, in [-1, 1]
  bool negative = false;  ///< x becomes 1 - x
};

/// Draws what the recipe's `augment` keys allow; the same number of draws
/// whatever they are.
Augmentation DrawAugmentation(const Recipe& recipe, std::mt19937_64* random);

/// Changes a view and divides it by its largest value, as networks read it.
///
/// \param bytes  [3][32][32]
/// \param out    [3][32][32], in [0, 1]; 1 somewhere, unless the view is dark
///     throughout.
void ApplyAugmentation(const Augmentation& augmentation,
                       std::span<const std::uint8_t> bytes,
                       std::span<float> out);

}  // namespace ddnn

#include "trainer/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace ddnn {
namespace {

constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;

/// The pixel along one axis that a shifted view shows at `at`.
std::size_t SourceOf(int at, int shift) {
  return static_cast<std::size_t>(std::clamp(at - shift, 0, kViewSide - 1));
}

}  // namespace

Augmentation DrawAugmentation(const Recipe& recipe, std::mt19937_64* random) {
  std::uniform_real_distribution<double> uniform(0, 1);
  const auto pixels = [&] {
    return static_cast<int>(
        std::lround(recipe.shift * (2 * uniform(*random) - 1)));
  };
  Augmentation a;
  a.mirror = uniform(*random) < recipe.flip;
  a.shift_x = pixels();
  a.shift_y = pixels();
  return a;
}

std::vector<bool> DrawShown(const Recipe& recipe, const std::vector<bool>& sees,
                            std::mt19937_64* random) {
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<bool> shown(sees.size());
  for (std::size_t i = 0; i < sees.size(); ++i) {
    const bool stays = uniform(*random) >= recipe.device_dropout;
    shown[i] = stays && sees[i];
  }
  return std::ranges::count(shown, true) > 0 ? shown : sees;
}

void ApplyAugmentation(const Augmentation& a,
                       std::span<const std::uint8_t> bytes,
                       std::span<float> out) {
  std::array<std::size_t, kViewSide> column{};
  for (int x = 0; x < kViewSide; ++x) {
    const std::size_t from = SourceOf(x, a.shift_x);
    column[static_cast<std::size_t>(x)] =
        a.mirror ? kViewSide - 1 - from : from;
  }
  float most = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < kViewSide; ++y) {
      const std::size_t row = SourceOf(y, a.shift_y) * kViewSide;
      const std::uint8_t* from = &bytes[c * kPlane + row];
      float* to = &out[c * kPlane + static_cast<std::size_t>(y * kViewSide)];
      for (std::size_t x = 0; x < kViewSide; ++x) {
        to[x] = static_cast<float>(from[column[x]]);
        most = std::max(most, to[x]);
      }
    }
  }
  if (most <= 0) return;
  for (float& value : out) value /= most;
}

}  // namespace ddnn

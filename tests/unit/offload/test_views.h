#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "core/nn/view.h"

namespace ddnn {

/// A gradient with an edge in it: what a camera might show.
inline View SmoothView() {
  View view{};
  constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;
  for (std::size_t i = 0; i < kPlane; ++i) {
    const std::size_t x = i % kViewSide;
    const std::size_t y = i / kViewSide;
    view[i] = static_cast<std::uint8_t>(4 * x + (y > 15 ? 100 : 0));
    view[kPlane + i] = static_cast<std::uint8_t>(4 * y + 60);
    view[2 * kPlane + i] = static_cast<std::uint8_t>(2 * x + 2 * y);
  }
  return view;
}

/// The hardest to encode.
inline View NoiseView(unsigned seed) {
  std::mt19937 random(seed);
  View view;
  for (auto& pixel : view) {
    pixel = static_cast<std::uint8_t>(random() % 2 * 255);
  }
  return view;
}

}  // namespace ddnn

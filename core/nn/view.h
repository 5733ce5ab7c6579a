#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ddnn {

inline constexpr int kViewSide = 32;
inline constexpr int kViewChannels = 3;
inline constexpr int kViewBytes = kViewChannels * kViewSide * kViewSide;

/// One camera's crop for a sample: planar [3][32][32], red, green, blue,
/// row-major, 0..255. Whether a camera sees a sample is never read from the
/// pixels: an absent view is no View at all.
using View = std::array<std::uint8_t, kViewBytes>;

/// A view as it travels where devices offload: its kViewBytes bytes, or a JPEG
/// of them (core/offload). Never empty.
using EncodedView = std::string;
/// Longer ones are refused; a JPEG of noise of quality 100 is well below.
inline constexpr std::size_t kMaxEncodedViewBytes = 6144;

}  // namespace ddnn

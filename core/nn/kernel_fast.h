#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/nn/feature_map.h"
#include "core/nn/kernel.h"
#include "core/nn/view.h"

// What the fast kernel does without SIMD: layouts, bounds, pooling of bits.
// Private to kernel_fast.cc, which Highway compiles once per target.

namespace ddnn {

// Bit 0 of byte 0 comes first, in memory as in a register.
static_assert(std::endian::native == std::endian::little);

/// One plane of up to kViewSide x kViewSide bits, packed as in FeatureMap, with
/// room to read and write whole 64-bit words at every row.
struct BitPlane {
  std::array<std::uint8_t, kViewSide * kViewSide / 8 + 8> bytes;

  /// The `width` <= 32 bits of row y.
  std::uint64_t Row(int y, int width) const {
    const auto bit = static_cast<std::size_t>(y * width);
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + bit / 8, sizeof(word));
    return (word >> (bit % 8)) & ((std::uint64_t{1} << width) - 1);
  }

  /// Appends row y; rows come in order onto bytes that were cleared.
  void SetRow(int y, int width, std::uint64_t row) {
    const auto bit = static_cast<std::size_t>(y * width);
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + bit / 8, sizeof(word));
    word |= row << (bit % 8);
    std::memcpy(bytes.data() + bit / 8, &word, sizeof(word));
  }
};

/// Bits 0, 2, 4, ... of a row, side by side.
inline std::uint64_t EvenBits(std::uint64_t row) {
  row &= 0x5555555555555555U;
  row = (row | (row >> 1)) & 0x3333333333333333U;
  row = (row | (row >> 2)) & 0x0F0F0F0F0F0F0F0FU;
  row = (row | (row >> 4)) & 0x00FF00FF00FF00FFU;
  row = (row | (row >> 8)) & 0x0000FFFF0000FFFFU;
  return (row | (row >> 16)) & 0x00000000FFFFFFFFU;
}

/// 3x3 max pooling of a filter's hits (z > limit) over a plane of `shape`: a
/// window is hit where any of its sums is. The border needs no care: OR has the
/// identity 0. Writes plane `filter` of `out`.
inline void PoolHits(const BitPlane& hits, const MapShape& shape,
                     const ConvP& layer, int filter, FeatureMap& out) {
  const int width = out.shape.width;
  const std::uint64_t all = (std::uint64_t{1} << width) - 1;
  const std::uint64_t flip = layer.AtLeast(filter) ? 0 : all;
  BitPlane pooled{};
  for (int y = 0; y < out.shape.height; ++y) {
    const int middle = y * layer.pool_stride;
    std::uint64_t row = hits.Row(middle, shape.width);
    if (middle > 0) row |= hits.Row(middle - 1, shape.width);
    if (middle + 1 < shape.height) row |= hits.Row(middle + 1, shape.width);
    row |= (row << 1) | (row >> 1);
    if (layer.pool_stride == 2) row = EvenBits(row);
    pooled.SetRow(y, width, (row & all) ^ flip);
  }
  const std::size_t bytes = out.shape.plane_bytes();
  std::memcpy(out.bits.data() + static_cast<std::size_t>(filter) * bytes,
              pooled.bytes.data(), bytes);
}

inline constexpr std::size_t kPatterns = 8;
// Longest vector used, in lanes: bounds how far a row may be overrun.
inline constexpr std::size_t kMaxLanes = 64;
inline constexpr std::size_t kViewPixels = std::size_t{kViewSide} * kViewSide;
inline constexpr std::size_t kViewPatternLanes =
    kViewChannels * kPatterns * (kViewSide + 2) * kViewSide + kMaxLanes;

// Sums of +-1 fit in int8 up to 14 planes of 9 taps, and that many patterns of
// a 16x16 plane fit in a level 1 cache.
inline constexpr std::size_t kMaxChunk = 127 / 9;
inline constexpr std::size_t kPatternBytes = kMaxChunk * kPatterns * 18 * 16;

// Rows between two columns of zeros, with room to write eight lanes at a time.
inline constexpr std::size_t kPaddedWidth = kViewSide + 8;
template <typename T>
using PaddedPlane = std::array<T, kViewSide * kPaddedWidth>;

// Where in the patterns of a chunk the sums of each weight row start.
using Offsets = std::array<std::size_t, 3 * kMaxChunk>;

constexpr std::size_t PatternPlane(const MapShape& shape) {
  return static_cast<std::size_t>(shape.height + 2) *
         static_cast<std::size_t>(shape.width);
}

// Of the chunk's plane `index`, which meets the weights of `channel`.
inline void SetOffsets(const PreparedConvP& conv, int filter, int channel,
                       const MapShape& shape, std::size_t index,
                       Offsets& offsets) {
  const std::uint8_t* rows =
      conv.rows.data() + (filter * conv.layer->in_channels + channel) * 3;
  for (std::size_t ky = 0; ky < 3; ++ky) {
    offsets[index * 3 + ky] =
        (index * kPatterns + rows[ky]) * PatternPlane(shape) +
        ky * static_cast<std::size_t>(shape.width);
  }
}

inline constexpr auto kSignsOfByte = [] {
  std::array<std::array<std::int8_t, 8>, 256> signs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    for (std::size_t i = 0; i < 8; ++i) {
      signs[byte][i] = ((byte >> i) & 1) != 0 ? 1 : -1;
    }
  }
  return signs;
}();

inline void PadSigns(const std::uint8_t* bits, const MapShape& shape,
                     PaddedPlane<std::int8_t>& padded) {
  BitPlane plane;
  std::memcpy(plane.bytes.data(), bits, shape.plane_bytes());
  for (int y = 0; y < shape.height; ++y) {
    std::int8_t* to =
        padded.data() + static_cast<std::size_t>(y) * kPaddedWidth + 1;
    std::uint64_t row = plane.Row(y, shape.width);
    for (int x = 0; x < shape.width; x += 8, row >>= 8) {
      std::memcpy(to + x, kSignsOfByte[row & 0xFF].data(), 8);
    }
    to[shape.width] = 0;
  }
}

// Where z > limit the filter's threshold is met (at_least), or is not.
inline std::int16_t PixelLimit(const ConvP& layer, int filter,
                               std::int32_t scale) {
  const std::int32_t k = layer.thresholds[static_cast<std::size_t>(filter)];
  // 65536 z >= n means z > floor((n - 1) / 65536); right shifts round down.
  return static_cast<std::int16_t>(
      (scale * k - (layer.AtLeast(filter) ? 1 : 0)) >> 16);
}

inline std::int16_t Limit(const ConvP& layer, int filter, int table) {
  const auto at = static_cast<std::size_t>(table * layer.filters + filter);
  // |z| <= 9 * kMaxPlanes <= 32766: clamping changes no comparison.
  const std::int32_t k = std::clamp(layer.thresholds[at], -32767, 32767);
  return static_cast<std::int16_t>(layer.AtLeast(filter) ? k - 1 : k);
}

// The map's valid bits in a row; nothing if they are in a row already.
inline std::vector<std::uint8_t> WithoutGaps(const FeatureMap& map) {
  const auto plane_bits =
      static_cast<std::size_t>(map.shape.height * map.shape.width);
  if (plane_bits % 8 == 0) return {};
  std::vector<std::uint8_t> packed(map.bits.size());
  std::size_t to = 0;
  for (std::size_t from = 0; from < 8 * map.bits.size(); ++from) {
    if (from % (8 * map.shape.plane_bytes()) >= plane_bits) continue;
    const unsigned bit = (map.bits[from / 8] >> (from % 8)) & 1U;
    packed[to / 8] |= static_cast<std::uint8_t>(bit << (to % 8));
    ++to;
  }
  return packed;
}

inline std::uint64_t Word(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

}  // namespace ddnn

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/nn/feature_map.h"
#include "core/nn/kernel.h"
#include "core/nn/view.h"

// What the fast kernel does without SIMD: layouts, limits, pooling of bits.
// Private to kernel_fast.cc, which Highway compiles once per target.

namespace ddnn {

// Bit 0 of byte 0 comes first, in memory as in a register.
static_assert(std::endian::native == std::endian::little);

inline constexpr std::size_t kViewPixels = std::size_t{kViewSide} * kViewSide;

constexpr std::size_t Pixels(const MapShape& shape) {
  return static_cast<std::size_t>(shape.height) *
         static_cast<std::size_t>(shape.width);
}

/// The bits of a plane of up to kViewSide x kViewSide, packed as in FeatureMap,
/// in words 1, 2, ...; the words before and after must be readable.
struct BitPlane {
  std::array<std::uint64_t, 1 + kViewPixels / 64 + 1> words;

  /// The 64 bits from `bit` on.
  std::uint64_t Get(std::size_t bit) const {
    const std::size_t shift = bit % 64;
    return (words[1 + bit / 64] >> shift) |
           ((words[2 + bit / 64] << 1) << (63 - shift));
  }
};

/// Bits 0, 2, 4, ... of 32, side by side.
inline std::uint64_t EvenBits(std::uint64_t row) {
  row &= 0x55555555U;
  row = (row | (row >> 1)) & 0x33333333U;
  row = (row | (row >> 2)) & 0x0F0F0F0FU;
  row = (row | (row >> 4)) & 0x00FF00FFU;
  return (row | (row >> 8)) & 0x0000FFFFU;
}

/// Pools the hits of a convolution (z > limit): a window is hit where any of
/// its sums is. Padding needs no care, as OR has the identity 0.
class HitPool {
 public:
  explicit HitPool(const PreparedConvP& conv)
      : layer_(*conv.layer),
        width_(static_cast<std::size_t>(conv.input.width)),
        pixels_(Pixels(conv.input)),
        last_((pixels_ + 63) / 64) {
    for (std::size_t row = 0; row < pixels_; row += width_) {
      Set(first_column_, row);
      Set(last_column_, row + width_ - 1);
    }
  }

  /// \param hits  bits of the input's extent; what lies beyond is overwritten.
  void Pool(BitPlane& hits, int filter, FeatureMap& out) const {
    hits.words[0] = 0;
    hits.words[last_] &= LastWord(pixels_);
    hits.words[last_ + 1] = 0;
    BitPlane pooled = Windows(hits);
    const std::size_t count = Pixels(out.shape);
    if (layer_.pool_stride == 2) pooled = EvenOnes(pooled, out.shape);
    const std::size_t last = (count + 63) / 64;
    for (std::size_t i = 1; !layer_.AtLeast(filter) && i <= last; ++i) {
      pooled.words[i] = ~pooled.words[i];
    }
    pooled.words[last] &= LastWord(count);
    const std::size_t bytes = out.shape.plane_bytes();
    std::memcpy(out.bits.data() + static_cast<std::size_t>(filter) * bytes,
                &pooled.words[1], bytes);
  }

 private:
  static void Set(BitPlane& plane, std::size_t bit) {
    plane.words[1 + bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  /// The used bits of the last word of `count` > 0 bits.
  static std::uint64_t LastWord(std::size_t count) {
    return ~std::uint64_t{0} >> ((64 - count % 64) % 64);
  }
  /// Word i of the ORs of three neighbours in a row.
  std::uint64_t Triples(const BitPlane& hits, std::size_t i) const {
    const auto& in = hits.words;
    const auto& first = first_column_.words;
    const auto& last = last_column_.words;
    return in[i] | ((in[i] & ~first[i]) >> 1) |
           ((in[i + 1] & ~first[i + 1]) << 63) | ((in[i] & ~last[i]) << 1) |
           ((in[i - 1] & ~last[i - 1]) >> 63);
  }
  /// The ORs of 3x3 windows. One pass with all in registers: loops over arrays
  /// would be vectorised and wait for their own stores.
  BitPlane Windows(const BitPlane& hits) const {
    BitPlane windows;
    std::uint64_t above = 0;
    std::uint64_t here = Triples(hits, 1);
    for (std::size_t i = 1; i <= last_; ++i) {
      const std::uint64_t below = i < last_ ? Triples(hits, i + 1) : 0;
      windows.words[i] = here | (here << width_) | (above >> (64 - width_)) |
                         (here >> width_) | (below << (64 - width_));
      above = here;
      here = below;
    }
    windows.words[last_ + 1] = 0;
    return windows;
  }
  /// Every other pixel of every other row.
  BitPlane EvenOnes(const BitPlane& plane, const MapShape& shape) const {
    const auto width = static_cast<std::size_t>(shape.width);
    const std::uint64_t row_bits = (std::uint64_t{1} << width) - 1;
    BitPlane even;
    std::size_t to = 1;
    std::uint64_t word = 0;
    std::size_t used = 0;
    for (std::size_t y = 0; y < static_cast<std::size_t>(shape.height); ++y) {
      const std::uint64_t row = EvenBits(plane.Get(2 * y * width_)) & row_bits;
      word |= row << used;
      used += width;
      if (used < 64) continue;
      even.words[to++] = word;
      used -= 64;
      word = row >> (width - used);
    }
    even.words[to] = word;
    return even;
  }

  const ConvP& layer_;
  std::size_t width_;
  std::size_t pixels_;
  std::size_t last_;  ///< word of the plane
  BitPlane first_column_{};
  BitPlane last_column_{};
};

inline constexpr std::size_t kPatterns = 8;

/// Lanes of one pattern: all rows of the plane between two rows of zeros, and
/// room for a vector of kViewSide lanes to overrun the last.
constexpr std::size_t PatternSize(const MapShape& shape) {
  return static_cast<std::size_t>(shape.height + 2) *
             static_cast<std::size_t>(shape.width) +
         kViewSide;
}

/// Of the three rows of weights of (filter, channel); see PreparedConvP.
inline const std::uint32_t* OffsetsOf(const PreparedConvP& conv, int filter,
                                      int channel) {
  const int index = filter * conv.layer->in_channels + channel;
  return conv.offsets.data() + static_cast<std::size_t>(index) * 3;
}

using Planes = std::span<const InputPlane>;

/// Longest vector used, in lanes: bounds how far a buffer may be overrun.
inline constexpr std::size_t kMaxLanes = 64;

/// Sums of +-1 fit in int8 up to 14 planes of 9 taps; this many bytes of their
/// patterns fit in a level 1 cache (and those of one plane fit in them).
inline constexpr std::size_t kMaxChunk = 127 / 9;
inline constexpr std::size_t kPatternBytes = std::size_t{32} << 10;

/// Rows between two columns of zeros, with room to write eight lanes at a time.
inline constexpr std::size_t kPaddedWidth = kViewSide + 8;
template <typename T>
using PaddedPlane = std::array<T, kViewSide * kPaddedWidth>;

/// Patterns of a view's three planes.
inline constexpr std::size_t kViewPatterns =
    kViewChannels * kPatterns *
    PatternSize({kViewChannels, kViewSide, kViewSide});

/// From one filter's sums to the next's.
constexpr std::size_t SumStride(const MapShape& input) {
  return (Pixels(input) + kMaxLanes - 1) / kMaxLanes * kMaxLanes;
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

/// Bits to +-1; columns 0 and width + 1 are 0.
inline void PadSigns(const std::uint8_t* bits, const MapShape& shape,
                     PaddedPlane<std::int8_t>& padded) {
  BitPlane plane;
  std::memcpy(&plane.words[1], bits, shape.plane_bytes());
  const auto width = static_cast<std::size_t>(shape.width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(shape.height); ++y) {
    std::int8_t* to = padded.data() + y * kPaddedWidth + 1;
    std::uint64_t row = plane.Get(y * width);
    for (std::size_t x = 0; x < width; x += 8, row >>= 8) {
      std::memcpy(to + x, kSignsOfByte[row & 0xFF].data(), 8);
    }
    to[width] = 0;
  }
}

/// Where z > limit a filter's threshold is met (at_least), or is not.
inline std::int16_t PixelLimit(const ConvP& layer, int filter,
                               std::int32_t scale) {
  const std::int32_t k = layer.Threshold(filter);
  // 65536 z >= n means z > floor((n - 1) / 65536); right shifts round down.
  return static_cast<std::int16_t>(
      (scale * k - (layer.AtLeast(filter) ? 1 : 0)) >> 16);
}

inline std::int16_t Limit(const ConvP& layer, int filter, int table) {
  // |z| <= 9 * kMaxPlanes <= 32766: clamping changes no comparison.
  const std::int32_t k =
      std::clamp(layer.Threshold(filter, table), -32767, 32767);
  return static_cast<std::int16_t>(layer.AtLeast(filter) ? k - 1 : k);
}

/// The map's valid bits in a row; nothing if they are in a row already.
inline std::vector<std::uint8_t> WithoutGaps(const FeatureMap& map) {
  const std::size_t plane_bits = Pixels(map.shape);
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

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
/// in words 1, 2, ...; words before and after stay 0.
struct BitPlane {
  std::array<std::uint64_t, 1 + kViewPixels / 64 + 1> words{};

  void Set(std::size_t bit) {
    words[1 + bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  /// The 64 bits from `bit` on.
  std::uint64_t Get(std::size_t bit) const {
    const std::size_t shift = bit % 64;
    return (words[1 + bit / 64] >> shift) |
           ((words[2 + bit / 64] << 1) << (63 - shift));
  }
  /// Puts bits from `bit` on, where all are 0 still.
  void Put(std::size_t bit, std::uint64_t bits) {
    const std::size_t shift = bit % 64;
    words[1 + bit / 64] |= bits << shift;
    words[2 + bit / 64] |= (bits >> 1) >> (63 - shift);
  }
  /// Flips the words that hold the first `count` bits if so wanted, and clears
  /// what lies beyond these bits in the last of them.
  void Finish(std::size_t count, bool flip) {
    const std::size_t last = (count + 63) / 64;
    for (std::size_t i = 1; flip && i <= last; ++i) words[i] = ~words[i];
    if (count % 64 != 0) words[last] &= (std::uint64_t{1} << (count % 64)) - 1;
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
        pixels_(Pixels(conv.input)) {
    for (std::size_t row = 0; row < pixels_; row += width_) {
      first_column_.Set(row);
      last_column_.Set(row + width_ - 1);
    }
  }

  /// \param hits  bits of the input's extent; what lies beyond is ignored.
  void Pool(BitPlane& hits, int filter, FeatureMap& out) const {
    hits.Finish(pixels_, false);
    BitPlane windows = Windows(hits);
    const auto width = static_cast<std::size_t>(out.shape.width);
    const auto height = static_cast<std::size_t>(out.shape.height);
    if (layer_.pool_stride == 2) {
      const std::uint64_t all = (std::uint64_t{1} << width) - 1;
      BitPlane kept;
      for (std::size_t y = 0; y < height; ++y) {
        const std::uint64_t row = windows.Get(2 * y * width_);
        kept.Put(y * width, EvenBits(row) & all);
      }
      windows = kept;
    }
    windows.Finish(width * height, !layer_.AtLeast(filter));
    const std::size_t bytes = out.shape.plane_bytes();
    std::memcpy(out.bits.data() + static_cast<std::size_t>(filter) * bytes,
                &windows.words[1], bytes);
  }

 private:
  /// ORs of 3x3 windows: first along the rows, then across them.
  BitPlane Windows(const BitPlane& hits) const {
    const std::size_t last = (pixels_ + 63) / 64;
    BitPlane to_left;
    BitPlane to_right;
    for (std::size_t i = 1; i <= last; ++i) {
      to_left.words[i] = hits.words[i] & ~first_column_.words[i];
      to_right.words[i] = hits.words[i] & ~last_column_.words[i];
    }
    BitPlane rows;
    for (std::size_t i = 1; i <= last; ++i) {
      rows.words[i] = hits.words[i] | Down(to_left, i, 1) | Up(to_right, i, 1);
    }
    BitPlane windows;
    for (std::size_t i = 1; i <= last; ++i) {
      windows.words[i] =
          rows.words[i] | Down(rows, i, width_) | Up(rows, i, width_);
    }
    return windows;
  }
  /// Word i of a plane whose bits have moved by 0 < shift < 64.
  static std::uint64_t Down(const BitPlane& plane, std::size_t i,
                            std::size_t shift) {
    return (plane.words[i] >> shift) | (plane.words[i + 1] << (64 - shift));
  }
  static std::uint64_t Up(const BitPlane& plane, std::size_t i,
                          std::size_t shift) {
    return (plane.words[i] << shift) | (plane.words[i - 1] >> (64 - shift));
  }

  const ConvP& layer_;
  std::size_t width_;
  std::size_t pixels_;
  BitPlane first_column_;
  BitPlane last_column_;
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

#include "core/nn/kernel_fast.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/nn/kernel.h"

// Three weights in a row have only eight sign patterns. So each input plane is
// first turned into its eight planes of "three taps in a row" sums; a filter
// then adds one of them per channel and weight row: three loads and additions
// a channel where the definition has nine. Bits are compared before pooling,
// which turns pooling into ORs of whole rows.

// Highway compiles what follows once per target.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/kernel_fast.cc"  // NOLINT
#include "hwy/foreach_target.h"
// foreach_target.h comes first.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace ddnn {
namespace {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Eight planes of height + 2 rows (the outer two are zeros): pixel (y, x) of
// plane p is the sum of the three pixels around (y - 1, x), each with the sign
// of its bit in p. Vectors overrun a row into the next, which is written later.
template <typename T>
void StorePatterns(const PaddedPlane<T>& padded, const MapShape& shape,
                   T* HWY_RESTRICT patterns) {
  const hn::CappedTag<T, kViewSide> d;
  const auto width = static_cast<std::size_t>(shape.width);
  const std::size_t plane = PatternPlane(shape);
  for (int y = 0; y < shape.height; ++y) {
    const T* row = padded.data() + static_cast<std::size_t>(y) * kPaddedWidth;
    T* to = patterns + static_cast<std::size_t>(y + 1) * width;
    for (std::size_t x = 0; x < width; x += hn::Lanes(d)) {
      const auto left = hn::LoadU(d, row + x);
      const auto middle = hn::LoadU(d, row + x + 1);
      const auto right = hn::LoadU(d, row + x + 2);
      const auto all = hn::Add(hn::Add(left, middle), right);
      const auto no_left = hn::Sub(all, hn::Add(left, left));
      const auto no_middle = hn::Sub(all, hn::Add(middle, middle));
      const auto no_right = hn::Sub(all, hn::Add(right, right));
      hn::StoreU(hn::Neg(all), d, to + x);
      hn::StoreU(hn::Neg(no_left), d, to + x + plane);
      hn::StoreU(hn::Neg(no_middle), d, to + x + 2 * plane);
      hn::StoreU(no_right, d, to + x + 3 * plane);
      hn::StoreU(hn::Neg(no_right), d, to + x + 4 * plane);
      hn::StoreU(no_middle, d, to + x + 5 * plane);
      hn::StoreU(no_left, d, to + x + 6 * plane);
      hn::StoreU(all, d, to + x + 7 * plane);
    }
  }
  for (std::size_t p = 0; p < kPatterns; ++p) {
    std::fill_n(patterns + p * plane, width, T{0});
    std::fill_n(patterns + (p + 1) * plane - width, width, T{0});
  }
}

// sums[i] = sum over taps of patterns[offset + i]; up to kMaxLanes - 1 more
// lanes are read and written.
template <typename T>
void SumTaps(const T* HWY_RESTRICT patterns, const Offsets& offsets,
             std::size_t taps, std::size_t count, T* HWY_RESTRICT sums) {
  const hn::CappedTag<T, kMaxLanes> d;
  const std::size_t n = hn::Lanes(d);
  const std::size_t fours = count - count % (4 * n);
  for (std::size_t i = 0; i < fours; i += 4 * n) {
    auto sum0 = hn::Zero(d);
    auto sum1 = sum0;
    auto sum2 = sum0;
    auto sum3 = sum0;
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const T* from = patterns + offsets[tap] + i;
      sum0 = hn::Add(sum0, hn::LoadU(d, from));
      sum1 = hn::Add(sum1, hn::LoadU(d, from + n));
      sum2 = hn::Add(sum2, hn::LoadU(d, from + 2 * n));
      sum3 = hn::Add(sum3, hn::LoadU(d, from + 3 * n));
    }
    hn::StoreU(sum0, d, sums + i);
    hn::StoreU(sum1, d, sums + i + n);
    hn::StoreU(sum2, d, sums + i + 2 * n);
    hn::StoreU(sum3, d, sums + i + 3 * n);
  }
  for (std::size_t i = fours; i < count; i += n) {
    auto sum = hn::Zero(d);
    for (std::size_t tap = 0; tap < taps; ++tap) {
      sum = hn::Add(sum, hn::LoadU(d, patterns + offsets[tap] + i));
    }
    hn::StoreU(sum, d, sums + i);
  }
}

void AddTo(const std::int8_t* HWY_RESTRICT sums, std::size_t count,
           std::int16_t* HWY_RESTRICT z) {
  const hn::CappedTag<std::int16_t, kMaxLanes> d;
  const hn::Rebind<std::int8_t, decltype(d)> d8;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto wide = hn::PromoteTo(d, hn::LoadU(d8, sums + i));
    hn::StoreU(hn::Add(hn::LoadU(d, z + i), wide), d, z + i);
  }
}

void StoreHits(const std::int16_t* z, std::size_t count, std::int16_t limit,
               BitPlane& hits) {
#if HWY_TARGET == HWY_SCALAR
  hits.bytes.fill(0);
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned hit = z[i] > limit ? 1U : 0U;
    hits.bytes[i / 8] |= static_cast<std::uint8_t>(hit << (i % 8));
  }
#else
  const hn::CappedTag<std::int16_t, kMaxLanes> d;
  const auto limits = hn::Set(d, limit);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::StoreMaskBits(d, hn::Gt(hn::LoadU(d, z + i), limits),
                      hits.bytes.data() + i / 8);
  }
#endif
}

std::int32_t Scale(const View& view) {
  const hn::CappedTag<std::uint8_t, kMaxLanes> d;
  auto most = hn::Set(d, std::uint8_t{1});
  for (std::size_t i = 0; i < view.size(); i += hn::Lanes(d)) {
    most = hn::Max(most, hn::LoadU(d, view.data() + i));
  }
  std::array<std::uint8_t, kMaxLanes> lanes{};
  hn::StoreU(most, d, lanes.data());
  return *std::max_element(lanes.begin(), lanes.end());
}

void PadPixels(const std::uint8_t* pixels, PaddedPlane<std::int16_t>& padded) {
  const hn::CappedTag<std::int16_t, kViewSide> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  for (std::size_t y = 0; y < kViewSide; ++y) {
    for (std::size_t x = 0; x < kViewSide; x += hn::Lanes(d)) {
      hn::StoreU(hn::PromoteTo(d, hn::LoadU(d8, pixels + y * kViewSide + x)), d,
                 padded.data() + y * kPaddedWidth + 1 + x);
    }
  }
}

FeatureMap ConvolveView(const PreparedConvP& conv, const View& view) {
  constexpr MapShape kShape{kViewChannels, kViewSide, kViewSide};
  const ConvP& layer = *conv.layer;
  const std::size_t plane = PatternPlane(kShape);
  alignas(64) std::array<std::int16_t, kViewPatternLanes> patterns;
  PaddedPlane<std::int16_t> padded{};
  for (std::size_t c = 0; c < kViewChannels; ++c) {
    PadPixels(view.data() + c * kViewPixels, padded);
    StorePatterns(padded, kShape, patterns.data() + c * kPatterns * plane);
  }
  const std::int32_t scale = Scale(view);

  FeatureMap out(layer.OutputShape(kShape));
  for (int filter = 0; filter < layer.filters; ++filter) {
    Offsets offsets;
    for (std::size_t c = 0; c < kViewChannels; ++c) {
      SetOffsets(conv, filter, static_cast<int>(c), kShape, c, offsets);
    }
    alignas(64) std::array<std::int16_t, kViewPixels> z;
    SumTaps(patterns.data(), offsets, 3 * kViewChannels, kViewPixels, z.data());
    BitPlane hits;
    StoreHits(z.data(), kViewPixels, PixelLimit(layer, filter, scale), hits);
    PoolHits(hits, kShape, layer, filter, out);
  }
  return out;
}

FeatureMap ConvolvePlanes(const PreparedConvP& conv, const InputPlanes& input,
                          int table) {
  const ConvP& layer = *conv.layer;
  const MapShape shape{layer.in_channels, input.height, input.width};
  const std::size_t plane = PatternPlane(shape);
  const std::size_t chunk =
      std::min(kMaxChunk, kPatternBytes / (kPatterns * plane));
  const auto count = static_cast<std::size_t>(shape.height * shape.width);
  const std::size_t stride = hwy::RoundUpTo(count, kMaxLanes);
  std::vector<std::int16_t> z(static_cast<std::size_t>(layer.filters) * stride);

  alignas(64) std::array<std::int8_t, kPatternBytes + kMaxLanes> patterns;
  alignas(64) std::array<std::int8_t, kViewPixels + kMaxLanes> sums;
  PaddedPlane<std::int8_t> padded{};
  for (std::size_t at = 0; at < input.planes.size(); at += chunk) {
    const std::size_t planes = std::min(chunk, input.planes.size() - at);
    for (std::size_t i = 0; i < planes; ++i) {
      PadSigns(input.planes[at + i].bits, shape, padded);
      StorePatterns(padded, shape, patterns.data() + i * kPatterns * plane);
    }
    for (int filter = 0; filter < layer.filters; ++filter) {
      Offsets offsets;
      for (std::size_t i = 0; i < planes; ++i) {
        SetOffsets(conv, filter, input.planes[at + i].channel, shape, i,
                   offsets);
      }
      SumTaps(patterns.data(), offsets, 3 * planes, count, sums.data());
      AddTo(sums.data(), count,
            z.data() + static_cast<std::size_t>(filter) * stride);
    }
  }

  FeatureMap out(layer.OutputShape(shape));
  for (int filter = 0; filter < layer.filters; ++filter) {
    BitPlane hits;
    StoreHits(z.data() + static_cast<std::size_t>(filter) * stride, count,
              Limit(layer, filter, table), hits);
    PoolHits(hits, shape, layer, filter, out);
  }
  return out;
}

std::vector<std::int32_t> Connect(const BinaryFc& fc, const FeatureMap& map) {
  const std::vector<std::uint8_t> packed = WithoutGaps(map);
  const std::uint8_t* bits = packed.empty() ? map.bits.data() : packed.data();
  const auto inputs = static_cast<std::size_t>(fc.inputs);
  const std::uint64_t rest = (std::uint64_t{1} << (inputs % 64)) - 1;
  std::vector<std::int32_t> sums;
  sums.reserve(static_cast<std::size_t>(fc.classes));
  for (int c = 0; c < fc.classes; ++c) {
    const std::uint8_t* row =
        fc.weights.data() + static_cast<std::size_t>(c) * fc.row_bytes();
    int differ = 0;
    std::size_t at = 0;
    for (; at + 8 <= inputs / 8; at += 8) {
      differ += std::popcount(Word(bits + at, 8) ^ Word(row + at, 8));
    }
    const std::size_t bytes = fc.row_bytes() - at;
    differ +=
        std::popcount((Word(bits + at, bytes) ^ Word(row + at, bytes)) & rest);
    sums.push_back(fc.inputs - 2 * differ);
  }
  return sums;
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace
}  // namespace ddnn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ddnn {
namespace {

HWY_EXPORT(ConvolveView);
HWY_EXPORT(ConvolvePlanes);
HWY_EXPORT(Connect);

}  // namespace

PreparedConvP::PreparedConvP(const ConvP& conv) : layer(&conv) {
  rows.reserve(static_cast<std::size_t>(conv.filters) *
               static_cast<std::size_t>(conv.in_channels) * 3);
  for (int f = 0; f < conv.filters; ++f) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (int ky = 0; ky < 3; ++ky) {
        unsigned row = 0;
        for (int kx = 0; kx < 3; ++kx) {
          if (conv.Weight(f, c, ky, kx)) row |= 1U << kx;
        }
        rows.push_back(static_cast<std::uint8_t>(row));
      }
    }
  }
}

const LayerKernel& FastKernel() {
  static constexpr LayerKernel kKernel{
      [](const PreparedConvP& conv, const View& view) {
        return HWY_DYNAMIC_DISPATCH(ConvolveView)(conv, view);
      },
      [](const PreparedConvP& conv, const InputPlanes& input, int table) {
        return HWY_DYNAMIC_DISPATCH(ConvolvePlanes)(conv, input, table);
      },
      [](const BinaryFc& fc, const FeatureMap& map) {
        return HWY_DYNAMIC_DISPATCH(Connect)(fc, map);
      }};
  return kKernel;
}

}  // namespace ddnn
#endif  // HWY_ONCE

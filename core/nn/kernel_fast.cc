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

// One row of a pattern; vectors overrun it into what is written later.
template <typename T>
void StoreZeros(std::size_t width, T* HWY_RESTRICT to) {
  const hn::CappedTag<T, kViewSide> d;
  for (std::size_t x = 0; x < width; x += hn::Lanes(d)) {
    hn::StoreU(hn::Zero(d), d, to + x);
  }
}

// Lane (y + 1, x) of pattern p is the sum of the three pixels around (y, x),
// each with the sign of its bit in p; the rows above and below are zeros.
template <typename T>
void StorePatterns(const PaddedPlane<T>& padded, const MapShape& shape,
                   T* HWY_RESTRICT patterns) {
  const hn::CappedTag<T, kViewSide> d;
  const auto width = static_cast<std::size_t>(shape.width);
  const std::size_t size = PatternSize(shape);
  for (std::size_t p = 0; p < kPatterns; ++p) {
    StoreZeros(width, patterns + p * size);
  }
  T* row_of_patterns = patterns + width;
  for (std::size_t y = 0; y < static_cast<std::size_t>(shape.height); ++y) {
    const T* row = padded.data() + y * kPaddedWidth;
    for (std::size_t x = 0; x < width; x += hn::Lanes(d)) {
      const auto left = hn::LoadU(d, row + x);
      const auto middle = hn::LoadU(d, row + x + 1);
      const auto right = hn::LoadU(d, row + x + 2);
      const auto all = hn::Add(hn::Add(left, middle), right);
      const auto no_left = hn::Sub(all, hn::Add(left, left));
      const auto no_middle = hn::Sub(all, hn::Add(middle, middle));
      const auto no_right = hn::Sub(all, hn::Add(right, right));
      T* to = row_of_patterns + x;
      hn::StoreU(hn::Neg(all), d, to);
      hn::StoreU(hn::Neg(no_left), d, to + size);
      hn::StoreU(hn::Neg(no_middle), d, to + 2 * size);
      hn::StoreU(no_right, d, to + 3 * size);
      hn::StoreU(hn::Neg(no_right), d, to + 4 * size);
      hn::StoreU(no_middle, d, to + 5 * size);
      hn::StoreU(no_left, d, to + 6 * size);
      hn::StoreU(all, d, to + 7 * size);
    }
    row_of_patterns += width;
  }
  for (std::size_t p = 0; p < kPatterns; ++p) {
    StoreZeros(width, row_of_patterns + p * size);
  }
}

// sums[i] = sum over planes and their rows of weights of the patterns' lane i;
// up to kMaxLanes - 1 more lanes are read and written.
template <typename T>
void SumPatterns(const PreparedConvP& conv, int filter, Planes planes,
                 const T* HWY_RESTRICT patterns, T* HWY_RESTRICT sums) {
  const hn::CappedTag<T, kMaxLanes> d;
  const std::size_t n = hn::Lanes(d);
  const std::size_t count = Pixels(conv.input);
  const std::size_t stride = kPatterns * PatternSize(conv.input);
  const std::size_t fours = count - count % (4 * n);
  for (std::size_t i = 0; i < fours; i += 4 * n) {
    auto sum0 = hn::Zero(d);
    auto sum1 = sum0;
    auto sum2 = sum0;
    auto sum3 = sum0;
    const T* of_plane = patterns + i;
    for (const InputPlane& plane : planes) {
      const std::uint32_t* offsets = OffsetsOf(conv, filter, plane.channel);
      for (std::size_t ky = 0; ky < 3; ++ky) {
        const T* from = of_plane + offsets[ky];
        sum0 = hn::Add(sum0, hn::LoadU(d, from));
        sum1 = hn::Add(sum1, hn::LoadU(d, from + n));
        sum2 = hn::Add(sum2, hn::LoadU(d, from + 2 * n));
        sum3 = hn::Add(sum3, hn::LoadU(d, from + 3 * n));
      }
      of_plane += stride;
    }
    hn::StoreU(sum0, d, sums + i);
    hn::StoreU(sum1, d, sums + i + n);
    hn::StoreU(sum2, d, sums + i + 2 * n);
    hn::StoreU(sum3, d, sums + i + 3 * n);
  }
  for (std::size_t i = fours; i < count; i += n) {
    auto sum = hn::Zero(d);
    const T* of_plane = patterns + i;
    for (const InputPlane& plane : planes) {
      const std::uint32_t* offsets = OffsetsOf(conv, filter, plane.channel);
      sum = hn::Add(sum, hn::LoadU(d, of_plane + offsets[0]));
      sum = hn::Add(sum, hn::LoadU(d, of_plane + offsets[1]));
      sum = hn::Add(sum, hn::LoadU(d, of_plane + offsets[2]));
      of_plane += stride;
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
  hits.words.fill(0);
  for (std::size_t i = 0; i < count; ++i) {
    if (z[i] > limit) hits.words[1 + i / 64] |= std::uint64_t{1} << (i % 64);
  }
#else
  const hn::CappedTag<std::int16_t, kMaxLanes> d;
  const auto limits = hn::Set(d, limit);
  auto* bytes = reinterpret_cast<std::uint8_t*>(&hits.words[1]);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::StoreMaskBits(d, hn::Gt(hn::LoadU(d, z + i), limits), bytes + i / 8);
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
  constexpr std::array<InputPlane, kViewChannels> kPlanes{
      {{nullptr, 0}, {nullptr, 1}, {nullptr, 2}}};
  constexpr std::size_t kStride = kViewPatterns / kViewChannels;
  alignas(64) std::array<std::int16_t, kViewPatterns + kMaxLanes> patterns;
  PaddedPlane<std::int16_t> padded{};
  for (std::size_t c = 0; c < kViewChannels; ++c) {
    PadPixels(view.data() + c * kViewPixels, padded);
    StorePatterns(padded, conv.input, patterns.data() + c * kStride);
  }
  const std::int32_t scale = Scale(view);
  const HitPool pool(conv);
  FeatureMap out(conv.layer->OutputShape(conv.input));
  for (int filter = 0; filter < conv.layer->filters; ++filter) {
    alignas(64) std::array<std::int16_t, kViewPixels> z;
    SumPatterns(conv, filter, kPlanes, patterns.data(), z.data());
    BitPlane hits;
    StoreHits(z.data(), kViewPixels, PixelLimit(*conv.layer, filter, scale),
              hits);
    pool.Pool(hits, filter, out);
  }
  return out;
}

// z[filter][stride] of all planes, a chunk of planes at a time.
void SumPlanes(const PreparedConvP& conv, Planes planes, std::size_t stride,
               std::int16_t* z) {
  const std::size_t size = kPatterns * PatternSize(conv.input);
  const std::size_t chunk = std::min(kMaxChunk, kPatternBytes / size);
  alignas(64) std::array<std::int8_t, kPatternBytes + kMaxLanes> patterns;
  alignas(64) std::array<std::int8_t, kViewPixels + kMaxLanes> sums;
  PaddedPlane<std::int8_t> padded{};
  while (!planes.empty()) {
    const Planes some = planes.first(std::min(chunk, planes.size()));
    planes = planes.subspan(some.size());
    for (std::size_t i = 0; i < some.size(); ++i) {
      PadSigns(some[i].bits, conv.input, padded);
      StorePatterns(padded, conv.input, patterns.data() + i * size);
    }
    for (int filter = 0; filter < conv.layer->filters; ++filter) {
      SumPatterns(conv, filter, some, patterns.data(), sums.data());
      AddTo(sums.data(), Pixels(conv.input),
            z + static_cast<std::size_t>(filter) * stride);
    }
  }
}

FeatureMap ConvolvePlanes(const PreparedConvP& conv, Planes planes, int table) {
  const auto filters = static_cast<std::size_t>(conv.layer->filters);
  const std::size_t stride = SumStride(conv.input);
  std::vector<std::int16_t> z(filters * stride);
  SumPlanes(conv, planes, stride, z.data());
  const HitPool pool(conv);
  FeatureMap out(conv.layer->OutputShape(conv.input));
  for (std::size_t f = 0; f < filters; ++f) {
    const int filter = static_cast<int>(f);
    BitPlane hits;
    StoreHits(z.data() + f * stride, Pixels(conv.input),
              Limit(*conv.layer, filter, table), hits);
    pool.Pool(hits, filter, out);
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

PreparedConvP::PreparedConvP(const ConvP& conv, const MapShape& input_shape)
    : layer(&conv), input(input_shape) {
  const auto size = static_cast<std::uint32_t>(PatternSize(input));
  const auto width = static_cast<std::uint32_t>(input.width);
  for (int f = 0; f < conv.filters; ++f) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (std::uint32_t ky = 0; ky < 3; ++ky) {
        std::uint32_t pattern = 0;
        for (int kx = 0; kx < 3; ++kx) {
          const bool plus = conv.Weight(f, c, static_cast<int>(ky), kx);
          if (plus) pattern |= 1U << kx;
        }
        offsets.push_back(pattern * size + ky * width);
      }
    }
  }
}

std::size_t FastScratchBytes(const ConvP& layer, const MapShape& input) {
  const std::size_t pooling =
      5 * sizeof(BitPlane);  // HitPool's, and its copies
  if (layer.reads_pixels) {
    return sizeof(std::int16_t) * (kViewPatterns + kMaxLanes + kViewPixels) +
           sizeof(PaddedPlane<std::int16_t>) + pooling;
  }
  const auto filters = static_cast<std::size_t>(layer.filters);
  return kPatternBytes + kMaxLanes + kViewPixels + kMaxLanes +
         sizeof(PaddedPlane<std::int8_t>) +
         sizeof(std::int16_t) * filters * SumStride(input) + pooling;
}

const LayerKernel& FastKernel() {
  static constexpr LayerKernel kKernel{
      [](const PreparedConvP& conv, const View& view) {
        return HWY_DYNAMIC_DISPATCH(ConvolveView)(conv, view);
      },
      [](const PreparedConvP& conv, std::span<const InputPlane> planes,
         int table) {
        return HWY_DYNAMIC_DISPATCH(ConvolvePlanes)(conv, planes, table);
      },
      [](const BinaryFc& fc, const FeatureMap& map) {
        return HWY_DYNAMIC_DISPATCH(Connect)(fc, map);
      }};
  return kKernel;
}

}  // namespace ddnn
#endif  // HWY_ONCE

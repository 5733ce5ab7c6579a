#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/nn/kernel.h"

namespace ddnn {
namespace {

/// Integers [height][width], at first 0, within a border one wide.
class Plane {
 public:
  Plane(const MapShape& shape, std::int32_t border)
      : height_(shape.height),
        width_(shape.width),
        values_(static_cast<std::size_t>((height_ + 2) * (width_ + 2)),
                border) {
    for (int y = 0; y < height_; ++y) std::fill_n(Row(y), width_, 0);
  }

  int height() const { return height_; }
  int width() const { return width_; }
  /// Column x of row y is Row(y)[x]; -1 and height or width are the border.
  std::int32_t* Row(int y) { return values_.data() + At(y); }
  const std::int32_t* Row(int y) const { return values_.data() + At(y); }

 private:
  std::ptrdiff_t At(int y) const {
    return std::ptrdiff_t{y + 1} * (width_ + 2) + 1;
  }

  int height_;
  int width_;
  std::vector<std::int32_t> values_;
};

void AddRow(const std::int32_t* __restrict from, bool plus, int width,
            std::int32_t* __restrict to) {
  if (plus) {
    for (int x = 0; x < width; ++x) to[x] += from[x];
  } else {
    for (int x = 0; x < width; ++x) to[x] -= from[x];
  }
}

// z(y, x) += sum over ky, kx of +-in(y + ky - 1, x + kx - 1), border 0.
void AddConvolution(const Plane& in, const ConvP& layer, int filter,
                    int channel, Plane& z) {
  for (int ky = 0; ky < 3; ++ky) {
    for (int kx = 0; kx < 3; ++kx) {
      const bool plus = layer.Weight(filter, channel, ky, kx);
      for (int y = 0; y < z.height(); ++y) {
        AddRow(in.Row(y + ky - 1) + kx - 1, plus, z.width(), z.Row(y));
      }
    }
  }
}

// Excluded from every maximum.
constexpr std::int32_t kExcluded = std::numeric_limits<std::int32_t>::min();

std::int32_t LargestAround(const Plane& z, int y, int x) {
  std::int32_t largest = kExcluded;
  for (int v = y - 1; v <= y + 1; ++v) {
    const std::int32_t* row = z.Row(v);
    largest = std::max({largest, row[x - 1], row[x], row[x + 1]});
  }
  return largest;
}

// bit = factor * pooled >= threshold, or <=.
void PoolAndCompare(const Plane& z, const ConvP& layer, int filter,
                    std::int32_t factor, std::int32_t threshold,
                    FeatureMap& out) {
  const bool at_least = layer.AtLeast(filter);
  for (int y = 0; y < out.shape.height; ++y) {
    for (int x = 0; x < out.shape.width; ++x) {
      const std::int32_t pooled =
          factor *
          LargestAround(z, y * layer.pool_stride, x * layer.pool_stride);
      if (at_least ? pooled >= threshold : pooled <= threshold) {
        out.Set(filter, y, x);
      }
    }
  }
}

FeatureMap ConvolveView(const PreparedConvP& conv, const View& view) {
  const ConvP& layer = *conv.layer;
  std::vector<Plane> inputs(kViewChannels, Plane(conv.input, 0));
  const std::uint8_t* pixels = view.data();
  for (Plane& input : inputs) {
    for (int y = 0; y < kViewSide; ++y, pixels += kViewSide) {
      std::copy_n(pixels, kViewSide, input.Row(y));
    }
  }
  const std::int32_t scale =
      std::max<std::int32_t>(1, *std::max_element(view.begin(), view.end()));

  FeatureMap out(layer.OutputShape(conv.input));
  for (int filter = 0; filter < layer.filters; ++filter) {
    Plane z(conv.input, kExcluded);
    for (int channel = 0; channel < kViewChannels; ++channel) {
      AddConvolution(inputs[static_cast<std::size_t>(channel)], layer, filter,
                     channel, z);
    }
    PoolAndCompare(z, layer, filter, 65536, scale * layer.Threshold(filter),
                   out);
  }
  return out;
}

bool IsSet(const std::uint8_t* bits, std::size_t bit) {
  return ((bits[bit / 8] >> (bit % 8)) & 1) != 0;
}

Plane Unpack(const std::uint8_t* bits, const MapShape& shape) {
  Plane plane(shape, 0);
  std::size_t bit = 0;
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      plane.Row(y)[x] = IsSet(bits, bit++) ? 1 : -1;
    }
  }
  return plane;
}

FeatureMap ConvolvePlanes(const PreparedConvP& conv,
                          std::span<const InputPlane> planes, int table) {
  const ConvP& layer = *conv.layer;
  std::vector<Plane> inputs;
  inputs.reserve(planes.size());
  for (const InputPlane& plane : planes) {
    inputs.push_back(Unpack(plane.bits, conv.input));
  }
  FeatureMap out(layer.OutputShape(conv.input));
  for (int filter = 0; filter < layer.filters; ++filter) {
    Plane z(conv.input, kExcluded);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      AddConvolution(inputs[i], layer, filter, planes[i].channel, z);
    }
    PoolAndCompare(z, layer, filter, 1, layer.Threshold(filter, table), out);
  }
  return out;
}

std::vector<std::int32_t> Connect(const BinaryFc& fc, const FeatureMap& map) {
  std::vector<std::int32_t> inputs;
  inputs.reserve(static_cast<std::size_t>(fc.inputs));
  for (int channel = 0; channel < map.shape.channels; ++channel) {
    for (int y = 0; y < map.shape.height; ++y) {
      for (int x = 0; x < map.shape.width; ++x) {
        inputs.push_back(map.Get(channel, y, x) ? 1 : -1);
      }
    }
  }
  std::vector<std::int32_t> sums;
  for (int c = 0; c < fc.classes; ++c) {
    const std::uint8_t* row =
        fc.weights.data() + static_cast<std::size_t>(c) * fc.row_bytes();
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      sum += IsSet(row, i) ? inputs[i] : -inputs[i];
    }
    sums.push_back(sum);
  }
  return sums;
}

}  // namespace

const LayerKernel& ReferenceKernel() {
  static constexpr LayerKernel kKernel{ConvolveView, ConvolvePlanes, Connect};
  return kKernel;
}

}  // namespace ddnn

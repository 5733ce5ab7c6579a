#include <algorithm>
#include <cassert>

#include "core/nn/kernel.h"

namespace ddnn {
namespace {

struct Plane {
  int height = 0;
  int width = 0;
  std::vector<std::int32_t> values;  ///< [height][width]

  Plane(int plane_height, int plane_width)
      : height(plane_height),
        width(plane_width),
        values(static_cast<std::size_t>(height) *
               static_cast<std::size_t>(width)) {}

  std::int32_t* Row(int y) { return values.data() + y * width; }
  const std::int32_t* Row(int y) const { return values.data() + y * width; }
};

// z(y, x) += +-in(y + dy, x + dx) wherever that lies inside.
void AddTap(const Plane& in, bool plus, int dy, int dx, Plane& z) {
  const int first_x = std::max(0, -dx);
  const int last_x = std::min(z.width, z.width - dx);
  for (int y = std::max(0, -dy); y < std::min(z.height, z.height - dy); ++y) {
    const std::int32_t* from = in.Row(y + dy) + dx;
    std::int32_t* to = z.Row(y);
    for (int x = first_x; x < last_x; ++x) to[x] += plus ? from[x] : -from[x];
  }
}

void AddChannel(const Plane& in, const ConvP& layer, int filter, int channel,
                Plane& z) {
  for (int ky = 0; ky < 3; ++ky) {
    for (int kx = 0; kx < 3; ++kx) {
      AddTap(in, layer.Weight(filter, channel, ky, kx), ky - 1, kx - 1, z);
    }
  }
}

std::int32_t LargestAround(const Plane& z, int y, int x) {
  std::int32_t largest = z.Row(y)[x];
  for (int v = std::max(0, y - 1); v <= std::min(z.height - 1, y + 1); ++v) {
    for (int u = std::max(0, x - 1); u <= std::min(z.width - 1, x + 1); ++u) {
      largest = std::max(largest, z.Row(v)[u]);
    }
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
  assert(layer.reads_pixels && layer.in_channels == kViewChannels);
  std::vector<Plane> inputs(kViewChannels, Plane(kViewSide, kViewSide));
  auto pixel = view.begin();
  for (Plane& input : inputs) {
    for (std::int32_t& value : input.values) value = *pixel++;
  }
  const std::int32_t scale =
      std::max<std::int32_t>(1, *std::max_element(view.begin(), view.end()));

  FeatureMap out(layer.OutputShape({layer.in_channels, kViewSide, kViewSide}));
  for (int filter = 0; filter < layer.filters; ++filter) {
    Plane z(kViewSide, kViewSide);
    for (int channel = 0; channel < kViewChannels; ++channel) {
      AddChannel(inputs[static_cast<std::size_t>(channel)], layer, filter,
                 channel, z);
    }
    const std::int32_t k = layer.thresholds[static_cast<std::size_t>(filter)];
    PoolAndCompare(z, layer, filter, 65536, scale * k, out);
  }
  return out;
}

Plane Unpack(const std::uint8_t* bits, int height, int width) {
  Plane plane(height, width);
  std::size_t bit = 0;
  for (std::int32_t& value : plane.values) {
    value = ((bits[bit / 8] >> (bit % 8)) & 1) != 0 ? 1 : -1;
    ++bit;
  }
  return plane;
}

FeatureMap ConvolvePlanes(const PreparedConvP& conv, const InputPlanes& input,
                          int table) {
  const ConvP& layer = *conv.layer;
  std::vector<Plane> inputs;
  inputs.reserve(input.planes.size());
  for (const InputPlane& plane : input.planes) {
    inputs.push_back(Unpack(plane.bits, input.height, input.width));
  }
  FeatureMap out(
      layer.OutputShape({layer.in_channels, input.height, input.width}));
  for (int filter = 0; filter < layer.filters; ++filter) {
    Plane z(input.height, input.width);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      AddChannel(inputs[i], layer, filter, input.planes[i].channel, z);
    }
    const std::int32_t k = layer.thresholds[static_cast<std::size_t>(
        table * layer.filters + filter)];
    PoolAndCompare(z, layer, filter, 1, k, out);
  }
  return out;
}

std::vector<std::int32_t> Connect(const BinaryFc& fc, const FeatureMap& map) {
  std::vector<std::int32_t> inputs;
  inputs.reserve(static_cast<std::size_t>(fc.inputs));
  for (int channel = 0; channel < map.shape.channels; ++channel) {
    for (const std::int32_t value :
         Unpack(map.bits.data() +
                    static_cast<std::size_t>(channel) * map.shape.plane_bytes(),
                map.shape.height, map.shape.width)
             .values) {
      inputs.push_back(value);
    }
  }
  assert(inputs.size() == static_cast<std::size_t>(fc.inputs));

  std::vector<std::int32_t> sums;
  for (int c = 0; c < fc.classes; ++c) {
    const std::uint8_t* row =
        fc.weights.data() + static_cast<std::size_t>(c) * fc.row_bytes();
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      sum += ((row[i / 8] >> (i % 8)) & 1) != 0 ? inputs[i] : -inputs[i];
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

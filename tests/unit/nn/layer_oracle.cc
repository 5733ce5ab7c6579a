#include "tests/unit/nn/layer_oracle.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

namespace ddnn {
namespace {

std::vector<std::uint8_t> RandomBits(Random& random, int count) {
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(count + 7) / 8);
  for (int i = 0; i < count; ++i) {
    bits[static_cast<std::size_t>(i / 8)] |=
        static_cast<std::uint8_t>((random() & 1U) << (i % 8));
  }
  return bits;
}

// One in eight is out of reach, the others lie where sums are dense.
std::int32_t RandomThreshold(Random& random, int reach, std::int32_t extreme) {
  switch (Between(random, 0, 15)) {
    case 0:
      return extreme;
    case 1:
      return -extreme;
    default:
      return Between(random, -reach, reach);
  }
}

ConvP RandomLayer(Random& random, int in_channels, int filters, int stride) {
  ConvP layer;
  layer.in_channels = in_channels;
  layer.filters = filters;
  layer.pool_stride = stride;
  layer.weights = RandomBits(random, filters * in_channels * 9);
  layer.at_least = RandomBits(random, filters);
  return layer;
}

int SumAt(const ConvP& layer, int filter, const OracleInput& input, int y,
          int x) {
  const MapShape& shape = input.map->shape;
  int z = 0;
  for (int c = 0; c < shape.channels; ++c) {
    for (int ky = 0; ky < 3; ++ky) {
      for (int kx = 0; kx < 3; ++kx) {
        const int v = y + ky - 1;
        const int u = x + kx - 1;
        if (v < 0 || v >= shape.height || u < 0 || u >= shape.width) continue;
        const bool weight =
            layer.Weight(filter, input.first_channel + c, ky, kx);
        z += weight == input.map->Get(c, v, u) ? 1 : -1;
      }
    }
  }
  return z;
}

int PooledAt(const ConvP& layer, int filter,
             const std::vector<OracleInput>& inputs, int y, int x) {
  const MapShape& shape = inputs.front().map->shape;
  int pooled = std::numeric_limits<int>::min();
  for (int v = y - 1; v <= y + 1; ++v) {
    for (int u = x - 1; u <= x + 1; ++u) {
      if (v < 0 || v >= shape.height || u < 0 || u >= shape.width) continue;
      int z = 0;
      for (const OracleInput& input : inputs) {
        z += SumAt(layer, filter, input, v, u);
      }
      pooled = std::max(pooled, z);
    }
  }
  return pooled;
}

}  // namespace

FeatureMap MapOf(const std::vector<std::vector<std::string>>& channels) {
  FeatureMap map({static_cast<int>(channels.size()),
                  static_cast<int>(channels[0].size()),
                  static_cast<int>(channels[0][0].size())});
  for (int c = 0; c < map.shape.channels; ++c) {
    for (int y = 0; y < map.shape.height; ++y) {
      const std::string& row =
          channels[static_cast<std::size_t>(c)][static_cast<std::size_t>(y)];
      for (int x = 0; x < map.shape.width; ++x) {
        if (row[static_cast<std::size_t>(x)] == '#') map.Set(c, y, x);
      }
    }
  }
  return map;
}

FeatureMap RandomMap(Random& random, const MapShape& shape) {
  FeatureMap map(shape);
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        if ((random() & 1U) != 0) map.Set(c, y, x);
      }
    }
  }
  return map;
}

ConvP RandomConvP(Random& random, int in_channels, int filters, int stride,
                  int tables) {
  ConvP layer = RandomLayer(random, in_channels, filters, stride);
  const int reach = std::min(9 * in_channels, 6 + in_channels);
  for (int i = 0; i < tables * filters; ++i) {
    layer.thresholds.push_back(RandomThreshold(
        random, reach, std::numeric_limits<std::int32_t>::max()));
  }
  return layer;
}

ConvP RandomPixelConvP(Random& random, int filters, int stride) {
  ConvP layer = RandomLayer(random, kViewChannels, filters, stride);
  layer.reads_pixels = true;
  for (int f = 0; f < filters; ++f) {
    // Whole numbers often tie, as z / m does where a view is dark.
    layer.thresholds.push_back(
        Between(random, 0, 1) == 0
            ? RandomThreshold(random, 6 * 65536, kMaxPixelThreshold)
            : Between(random, -6, 6) * 65536);
  }
  return layer;
}

BinaryFc RandomFc(Random& random, int inputs, int classes) {
  BinaryFc fc{.inputs = inputs, .classes = classes, .weights = {}};
  for (int c = 0; c < classes; ++c) {
    const std::vector<std::uint8_t> row = RandomBits(random, inputs);
    fc.weights.insert(fc.weights.end(), row.begin(), row.end());
  }
  return fc;
}

void AppendPlanes(const FeatureMap& map, int first_channel,
                  std::vector<InputPlane>& planes) {
  for (int c = 0; c < map.shape.channels; ++c) {
    planes.push_back({map.bits.data() +
                          static_cast<std::size_t>(c) * map.shape.plane_bytes(),
                      first_channel + c});
  }
}

FeatureMap OracleConvP(const ConvP& layer, int table,
                       const std::vector<OracleInput>& inputs) {
  FeatureMap out(layer.OutputShape(inputs.front().map->shape));
  for (int f = 0; f < layer.filters; ++f) {
    const std::int32_t threshold = layer.Threshold(f, table);
    for (int y = 0; y < out.shape.height; ++y) {
      for (int x = 0; x < out.shape.width; ++x) {
        const int pooled = PooledAt(layer, f, inputs, y * layer.pool_stride,
                                    x * layer.pool_stride);
        const bool met =
            layer.AtLeast(f) ? pooled >= threshold : pooled <= threshold;
        if (met) out.Set(f, y, x);
      }
    }
  }
  return out;
}

}  // namespace ddnn

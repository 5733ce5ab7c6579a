#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/nn/bundle.h"
#include "core/nn/feature_map.h"
#include "core/nn/kernel.h"

namespace ddnn {

using Random = std::mt19937_64;

inline int Between(Random& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

/// [height][width] of '#' (+1) and '.' (-1) a channel.
FeatureMap MapOf(const std::vector<std::vector<std::string>>& channels);

FeatureMap RandomMap(Random& random, const MapShape& shape);

/// Random weights and directions; thresholds among sums that occur, so that
/// ties are frequent, and some that are always or never met.
ConvP RandomConvP(Random& random, int in_channels, int filters, int stride,
                  int tables = 1);
ConvP RandomPixelConvP(Random& random, int filters, int stride);
BinaryFc RandomFc(Random& random, int inputs, int classes);

/// The planes of a map, meeting the channels from `first_channel` on.
void AppendPlanes(const FeatureMap& map, int first_channel,
                  std::vector<InputPlane>& planes);

/// A map and the first channel of the weights it meets.
struct OracleInput {
  const FeatureMap* map = nullptr;
  int first_channel = 0;
};

/// A ConvP over the sum of its inputs, bit by bit from the definition.
FeatureMap OracleConvP(const ConvP& layer, int table,
                       const std::vector<OracleInput>& inputs);

}  // namespace ddnn

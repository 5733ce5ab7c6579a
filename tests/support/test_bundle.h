#pragma once

#include <cstdint>

#include "core/nn/bundle.h"

namespace ddnn {

/// What MakeTestBundle() builds. The defaults: hierarchy c as in the paper, six
/// devices of 4 filters, MP of the scores, CC of the maps, masked.
struct TestBundleOptions {
  int devices = 6;
  int edges = 0;  ///< 0: hierarchy b or c; 1: d or e; more: f
  int classes = 3;
  int filters = 4;        ///< of each device layer
  int device_layers = 1;  ///< each pools with stride 2: 32 -> 16 -> 8
  int edge_filters = 4;   ///< one layer, pooled with stride 2
  int cloud_filters = 8;  ///< of each cloud layer
  int cloud_layers = 2;   ///< pooled with stride 1
  Aggregation scores = Aggregation::kMaxPool;  ///< of every exit
  Aggregation maps = Aggregation::kConcat;     ///< into edges and cloud
  Absent absent = Absent::kMasked;
  bool local_exit = true;
  bool edge_exit = true;   ///< where there are edges
  float threshold = 0.8F;  ///< T of every exit but the cloud's, which is 1
  std::uint64_t seed = 1;  ///< of weights, thresholds, scales, biases
};

/// A random bundle that passes CheckBundle(), hashes and tag filled in. Its
/// layers are balanced enough that maps, classes and exits vary with the views.
Bundle MakeTestBundle(const TestBundleOptions& options = {});

}  // namespace ddnn

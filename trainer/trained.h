#pragma once

#include <string>
#include <vector>

#include "core/nn/bundle.h"

namespace ddnn {

/// Added to every variance, as the authors' framework did.
inline constexpr double kBatchNormEpsilon = 2e-5;

/// One batch norm in plain numbers, per feature.
struct TrainedNorm {
  std::vector<double> gamma;
  std::vector<double> beta;
  std::vector<double> mean;
  std::vector<double> variance;  ///< without epsilon
};

/// A convolution block as trained; of the weights only signs count.
struct TrainedConv {
  int in_channels = 0;
  int filters = 0;
  int pool_stride = 1;
  std::vector<float> weights;  ///< [filters][in_channels][3][3]
  TrainedNorm norm;            ///< [filters]
};

/// A binary fully connected layer and its batch norm.
struct TrainedFc {
  int inputs = 0;
  std::vector<float> weights;  ///< [classes][inputs]
  TrainedNorm norm;            ///< [classes]
};

struct TrainedSection {
  std::vector<TrainedConv> layers;
  TrainedFc head;
};

/// What training learnt, free of any framework's types.
struct TrainedNetwork {
  std::vector<TrainedSection> devices;
  std::vector<TrainedSection> edges;  ///< devices in even shares, in order
  TrainedSection cloud;
  TrainedFc local_concat;  ///< only if the local exit concatenates (CC)
};

}  // namespace ddnn

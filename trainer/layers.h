#pragma once

#include <torch/types.h>

#include "trainer/trained.h"

namespace ddnn {

/// Sign of x, +1 where x >= 0, else -1. The gradient passes where |x| <= 1
/// (straight-through estimator), for activations.
torch::Tensor SignActivation(const torch::Tensor& x);

/// Sign of w, +1 where w >= 0, else -1. The gradient passes unchanged: weights
/// are clipped instead.
torch::Tensor SignWeight(const torch::Tensor& w);

/// 3x3 convolution with binary weights, padding 1, then 3x3 max pooling.
///
/// \param x       [N, channels, H, W]
/// \param weight  [filters, channels, 3, 3], real; its signs count.
/// \param stride  of the pooling, 1 or 2; pooling never sees the padding.
/// \return [N, filters, H', W']. A bias would cancel out in the batch norm that
///     follows, so there is none.
torch::Tensor ConvPool(const torch::Tensor& x, const torch::Tensor& weight,
                       int stride);

/// Which statistics normalise.
enum class Statistics {
  kBatch,   ///< those of the batch at hand: training
  kStore,   ///< those of the batch at hand, kept for later
  kStored,  ///< those kept: the network as it is exported
};

/// Batch normalisation of several groups of features at once, in which only
/// some rows of each group count.
///
/// A device's features are a group; a view that is absent has no say in the
/// statistics of its device. There are no running averages: statistics are
/// always estimated anew with the final weights before they are used.
class BatchNorm {
 public:
  BatchNorm() = default;
  BatchNorm(int groups, int features);

  /// \param x     [N, groups, features, positions]
  /// \param mask  [N, groups], 1 = counts, 0 = does not; undefined = all count.
  /// \return the same shape; rows that do not count are normalised too.
  torch::Tensor operator()(const torch::Tensor& x, const torch::Tensor& mask,
                           Statistics statistics);

  torch::Tensor gamma;  ///< [groups, features], learnt
  torch::Tensor beta;   ///< [groups, features], learnt
  torch::Tensor mean;   ///< [groups, features], of the last kStore
  torch::Tensor variance;
};

}  // namespace ddnn

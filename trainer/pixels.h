#pragma once

#include <torch/types.h>

#include "trainer/examples.h"

namespace ddnn {

/// The views of some examples as tensors.
struct PixelTensors {
  torch::Tensor bytes;    ///< [N, D, 3, 32, 32] uint8; absent: zeros
  torch::Tensor scale;    ///< [N, D] float: a view's largest value, at least 1
  torch::Tensor present;  ///< [N, D] float, 1 or 0
  torch::Tensor labels;   ///< [N] int64
};

PixelTensors PixelsOf(const Examples& examples);

}  // namespace ddnn

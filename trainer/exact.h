#pragma once

#include "core/nn/bundle.h"
#include "trainer/examples.h"
#include "trainer/exit_logits.h"

namespace ddnn {

/// Every exit's logits as LibTorch computes them from a bundle's own bits and
/// thresholds: an evaluation of the exported network that shares no code with
/// the one that agents run.
///
/// Sums are doubles that hold integers, hence exact; scale and bias are applied
/// in float, in device order.
ExitLogits EvaluateExactly(const Bundle& bundle, const Examples& examples);

}  // namespace ddnn

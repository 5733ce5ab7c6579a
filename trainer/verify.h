#pragma once

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "core/nn/network.h"
#include "trainer/examples.h"
#include "trainer/exit_logits.h"

namespace ddnn {

/// Every exit's logits by core/nn, as the agents compute them.
/// \return its failure, naming the sample.
Result<ExitLogits> EvaluateBundle(const Bundle& bundle,
                                  const Examples& examples,
                                  Kernel kernel = Kernel::kFast);

/// Compares two evaluations bit for bit.
/// \return kMalformed naming the first sample, exit and class that differ.
Status CheckEqual(const ExitLogits& torch, const ExitLogits& network,
                  const Examples& examples);

}  // namespace ddnn

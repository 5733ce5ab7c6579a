#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "core/nn/network.h"
#include "trainer/examples.h"
#include "trainer/exit_logits.h"
#include "trainer/figures.h"

namespace ddnn {

/// Every exit's logits by core/nn, as the agents compute them.
/// \return its failure, naming the sample.
Result<ExitLogits> EvaluateBundle(const Bundle& bundle,
                                  const Examples& examples,
                                  Kernel kernel = Kernel::kFast);

/// Each camera by itself: what its device exit answers, which is the local exit
/// with that one device. A row that a camera does not see counts as wrong, as
/// in the paper.
/// \return one count a device, each over all rows; as EvaluateBundle().
Result<std::vector<Count>> EvaluateEachCamera(const Bundle& bundle,
                                              const Examples& examples);

/// Compares two evaluations bit for bit.
/// \return kMalformed naming the first sample, exit and class that differ.
Status CheckEqual(const ExitLogits& torch, const ExitLogits& network,
                  const Examples& examples);

}  // namespace ddnn

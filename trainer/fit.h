#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "trainer/examples.h"
#include "trainer/figures.h"
#include "trainer/progress.h"
#include "trainer/recipe.h"

namespace ddnn {

/// What a fit did, for the record and the card.
struct FitReport {
  int epochs = 0;         ///< of the network in the bundle
  bool complete = false;  ///< false: stopped early, the best so far
  int fit_rows = 0;       ///< of the inner split; 0 without one
  int held_out_rows = 0;
  std::vector<ThresholdChoice> choices;  ///< per early exit; none if T is fixed
  Figures validation;                    ///< on the rows held out
  Figures train;                         ///< of the bundle on all training rows
  int float_differences = 0;
  double seconds = 0;
};

struct FitResult {
  Bundle bundle;  ///< no training record yet
  FitReport report;
};

/// Trains a network and exports it, exactly checked.
///
/// 1. Learns from the inner split's rows and evaluates on those held out every
///    few epochs. The best evaluation has the most rows right at the T chosen
///    on them; within one row of that, the latest counts: the rows are few, and
///    the learning rate has come down.
/// 2. Learns anew from all rows for that many epochs, with that T.
/// 3. Estimates the batch norms anew, folds, and compares LibTorch's exact
///    evaluation of the bundle with core/nn on every row.
/// Without rows held out, 1 is left out.
///
/// \param stop  asked often; once true, the best network so far is exported:
///     that of step 1, or that of step 2 if there was no step 1.
/// \return kMalformed if the export differs from core/nn in any logit,
///     CheckTrainable()'s and CheckBundle()'s failures.
Result<FitResult> Fit(const Recipe& recipe, const Examples& train,
                      Progress* progress, const std::function<bool()>& stop);

}  // namespace ddnn

#pragma once

#include <vector>

namespace ddnn {

/// What an early exit, and what lies behind it, say about one row held out.
struct ExitOutcome {
  float eta = 0;                ///< of the early exit
  bool correct = false;         ///< the early exit is right
  bool correct_deeper = false;  ///< the answer behind it is right
};

struct ThresholdChoice {
  float threshold = 0;
  int exits = 0;    ///< rows that leave early at this T
  int correct = 0;  ///< rows answered rightly at this T
  int best = 0;     ///< most rows any candidate answers rightly
};

/// Chooses T: the largest one that costs at most one row.
///
/// Candidates lie halfway between two neighbouring etas (or 0 and the lowest),
/// so that no row sits on the edge. Among those at which less than `max_share`
/// of the rows leave early, the largest is taken that answers at least
/// best - 1 rows rightly, where best is the most that any candidate answers.
/// The rows held out are few, so T must not follow a single one.
/// With no candidate (every row at eta 0) T is 0.
ThresholdChoice ChooseThreshold(std::vector<ExitOutcome> outcomes,
                                double max_share);

}  // namespace ddnn

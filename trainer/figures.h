#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/nn/bundle.h"
#include "trainer/examples.h"
#include "trainer/exit_logits.h"
#include "trainer/threshold.h"

namespace ddnn {

/// What an exit says about one row.
struct RowDecision {
  int label = 0;
  float eta = 0;
  double loss = 0;  ///< cross entropy with the true label, in nats
};

/// decisions[exit][row], and where each row leaves.
struct Decisions {
  std::vector<Tier> tiers;
  std::vector<std::vector<RowDecision>> of_exit;

  int rows() const { return static_cast<int>(of_exit.front().size()); }
  /// Index of the exit where a row leaves, T per exit (the last is not asked).
  std::size_t ExitOf(int row, const std::vector<float>& thresholds) const;
};

/// \param labels  the true label of each row of `logits`.
Decisions Decide(const ExitLogits& logits, const std::vector<int>& labels);

/// Chooses T for each early exit on these rows, the deepest first: each sees
/// what the exits behind it answer with theirs.
/// \return the choice of each early exit, in order of the tiers.
std::vector<ThresholdChoice> ChooseThresholds(const Decisions& decisions,
                                              const std::vector<int>& labels,
                                              double max_share);

struct Count {
  int correct = 0;
  int total = 0;
  double share() const {
    return total == 0 ? 0.0 : static_cast<double>(correct) / total;
  }
};

/// How a network does on some rows.
struct Figures {
  int samples = 0;
  int blind = 0;                        ///< rows without a view, not counted
  std::map<Tier, Count> if_all_exited;  ///< if every row left at that exit
  std::map<Tier, Count> left_at;        ///< rows that left there, of all
  Count overall;
  double loss = 0;  ///< mean over rows of the sum over exits
  std::map<std::string, Count> by_class;
  std::map<std::string, Count> by_source;
  /// Mean accuracy over the classes that make up 5 % of the rows or more; one
  /// row of a rarer class would move it too far.
  double balanced = 0;
  std::vector<std::string> balanced_over;
};

Figures Measure(const Decisions& decisions,
                const std::vector<float>& thresholds, const Examples& examples,
                const std::vector<int>& rows);

/// T of the early exits of a bundle, in order.
std::vector<float> ThresholdsOf(const Bundle& bundle);

std::vector<int> AllRows(const Examples& examples);
std::vector<int> LabelsOf(const Examples& examples,
                          const std::vector<int>& rows);

}  // namespace ddnn

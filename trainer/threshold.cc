#include "trainer/threshold.h"

#include <algorithm>

namespace ddnn {

ThresholdChoice ChooseThreshold(std::vector<ExitOutcome> outcomes,
                                double max_share) {
  std::sort(outcomes.begin(), outcomes.end(),
            [](const auto& a, const auto& b) { return a.eta < b.eta; });
  int correct = 0;
  for (const ExitOutcome& row : outcomes) correct += row.correct_deeper ? 1 : 0;

  std::vector<ThresholdChoice> candidates;
  float below = 0;
  int exits = 0;
  const double limit = max_share * static_cast<double>(outcomes.size());
  for (const ExitOutcome& row : outcomes) {
    // Halfway may round to the upper eta: then the two count as one.
    const float halfway = below + (row.eta - below) / 2;
    if (halfway < row.eta && static_cast<double>(exits) < limit) {
      candidates.push_back({halfway, exits, correct, 0});
    }
    correct += (row.correct ? 1 : 0) - (row.correct_deeper ? 1 : 0);
    ++exits;
    below = row.eta;
  }

  ThresholdChoice choice;
  for (const auto& c : candidates)
    choice.best = std::max(choice.best, c.correct);
  for (const auto& c : candidates) {
    if (c.correct < choice.best - 1) continue;
    choice = {c.threshold, c.exits, c.correct, choice.best};
  }
  return choice;
}

}  // namespace ddnn

#include "trainer/figures.h"

#include <cmath>
#include <numeric>

#include "core/nn/exit_gate.h"

namespace ddnn {
namespace {

constexpr double kRareClass = 0.05;

void Add(Count* count, bool correct) {
  count->correct += correct ? 1 : 0;
  ++count->total;
}

void AverageOverCommonClasses(Figures* figures) {
  for (const auto& [name, count] : figures->by_class) {
    if (count.total < kRareClass * figures->samples) continue;
    figures->balanced += count.share();
    figures->balanced_over.push_back(name);
  }
  if (!figures->balanced_over.empty()) {
    figures->balanced /= static_cast<double>(figures->balanced_over.size());
  }
}

}  // namespace

std::size_t Decisions::ExitOf(int row,
                              const std::vector<float>& thresholds) const {
  for (std::size_t exit = 0; exit + 1 < of_exit.size(); ++exit) {
    if (of_exit[exit][static_cast<std::size_t>(row)].eta <= thresholds[exit]) {
      return exit;
    }
  }
  return of_exit.size() - 1;
}

Decisions Decide(const ExitLogits& logits, const std::vector<int>& labels) {
  const ExitGate gate(1.0F);
  Decisions decisions;
  decisions.tiers = logits.tiers;
  for (const auto& rows : logits.logits) {
    auto& of_exit = decisions.of_exit.emplace_back();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto decision = gate.Decide(rows[row]);
      if (!decision) {
        of_exit.push_back({-1, 1.0F, INFINITY});
        continue;
      }
      const double p =
          decision->probabilities[static_cast<std::size_t>(labels[row])];
      of_exit.push_back({decision->label, decision->eta, -std::log(p)});
    }
  }
  return decisions;
}

std::vector<ThresholdChoice> ChooseThresholds(const Decisions& decisions,
                                              const std::vector<int>& labels,
                                              double max_share) {
  const std::size_t early = decisions.of_exit.size() - 1;
  std::vector<int> deeper;
  for (const RowDecision& row : decisions.of_exit.back()) {
    deeper.push_back(row.label);
  }
  std::vector<ThresholdChoice> choices(early);
  for (std::size_t exit = early; exit-- > 0;) {
    const auto& here = decisions.of_exit[exit];
    std::vector<ExitOutcome> outcomes;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      outcomes.push_back(
          {here[i].eta, here[i].label == labels[i], deeper[i] == labels[i]});
    }
    choices[exit] = ChooseThreshold(std::move(outcomes), max_share);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (here[i].eta <= choices[exit].threshold) deeper[i] = here[i].label;
    }
  }
  return choices;
}

Figures Measure(const Decisions& decisions,
                const std::vector<float>& thresholds, const Examples& examples,
                const std::vector<int>& rows) {
  Figures figures;
  figures.samples = static_cast<int>(rows.size());
  figures.blind = examples.blind;
  for (int i = 0; i < figures.samples; ++i) {
    const auto row = static_cast<std::size_t>(i);
    const auto& sample =
        examples.data.samples[static_cast<std::size_t>(rows[row])];
    const std::size_t left = decisions.ExitOf(i, thresholds);
    for (std::size_t exit = 0; exit < decisions.tiers.size(); ++exit) {
      const RowDecision& decision = decisions.of_exit[exit][row];
      const bool correct = decision.label == sample.label;
      const Tier tier = decisions.tiers[exit];
      Add(&figures.if_all_exited[tier], correct);
      ++figures.left_at[tier].total;
      figures.loss += decision.loss / figures.samples;
      if (exit != left) continue;
      ++figures.left_at[tier].correct;
      Add(&figures.overall, correct);
      Add(&figures.by_class[examples.data.classes[static_cast<std::size_t>(
              sample.label)]],
          correct);
      if (!sample.source.empty()) {
        Add(&figures.by_source[sample.source], correct);
      }
    }
  }
  AverageOverCommonClasses(&figures);
  return figures;
}

std::vector<float> ThresholdsOf(const Bundle& bundle) {
  std::vector<float> thresholds;
  for (std::size_t exit = 0; exit + 1 < bundle.exits.size(); ++exit) {
    thresholds.push_back(bundle.exits[exit].threshold);
  }
  return thresholds;
}

std::vector<int> AllRows(const Examples& examples) {
  std::vector<int> rows(static_cast<std::size_t>(examples.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::vector<int> LabelsOf(const Examples& examples,
                          const std::vector<int>& rows) {
  std::vector<int> labels;
  for (const int row : rows) labels.push_back(examples.label(row));
  return labels;
}

}  // namespace ddnn

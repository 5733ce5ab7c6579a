#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/replay.h"
#include "cli/summary.h"
#include "core/nn/bundle.h"
#include "core/nn/sample.h"
#include "core/nn/tree.h"

namespace ddnn {

/// Compares answers with the truth, sample by sample.
///
/// The demo and the evaluator feed the same scoreboard, so their figures mean
/// the same. Thread-safety: none.
class Scoreboard {
 public:
  /// What has come in so far, kept up to date for a live view.
  struct Running {
    int results = 0;
    int lost = 0;
    int duplicates = 0;
    int degraded = 0;
    int correct = 0;
    PerExit<int> exits{};  ///< without fallbacks
    int fallbacks = 0;
    std::int64_t content_bytes = 0;
    std::vector<Tally> by_class;  ///< by the true label
  };

  /// \param replay, bundle  borrowed; must outlive the scoreboard.
  /// \param offload  how the samples' views travel: the paper's formula does
  /// not
  ///     speak of offloading.
  Scoreboard(const Replay& replay, const Bundle& bundle,
             Offload offload = Offload::kNone);

  /// The first answer for a sample counts; later ones are duplicates.
  /// \param index  into Replay::expected(), here and below.
  void AddResult(std::size_t index, const SampleResult& result);
  void AddLoss(std::size_t index);
  /// What an exit says of a sample that need not have left there.
  void SetExitLabel(std::size_t index, Tier tier, int label);

  /// Closes the books on samples that neither were answered nor lost: counts
  /// those that only devices in `gone` saw as blind, the others as lost.
  void CloseBooks(const std::vector<bool>& gone);

  /// Every sample has a result or a loss.
  bool complete() const {
    return running_.results + running_.lost ==
           static_cast<int>(outcomes_.size());
  }
  const Running& running() const { return running_; }

  /// Figures over the samples that were answered, lost or closed as lost.
  /// Blind rows beyond the last of these do not count: a run that was stopped
  /// has not come to them.
  /// Bytes on the wire stay unknown.
  Summary Summarize() const;

  /// One line a result, in replay order:
  /// sample_id,exit,status,class,eta,logits (separated by spaces; eta and
  /// logits are printed so that they parse back to the same float).
  std::string PredictionsCsv() const;

 private:
  struct Outcome {
    std::optional<SampleResult> result;
    bool lost = false;
    PerExit<std::optional<int>> exit_labels;
  };

  PerExit<Figure> AccuracyPerExit() const;
  void FillTallies(Summary* summary) const;
  void FillShares(Summary* summary) const;
  void FillLatency(Summary* summary) const;
  int Blind() const;
  bool Counts(const Outcome& outcome) const {
    return outcome.result.has_value() || outcome.lost;
  }
  int TruthOf(std::size_t index) const { return replay_.RowOf(index).label; }

  const Replay& replay_;
  const Bundle& bundle_;
  const Offload offload_;
  std::vector<Outcome> outcomes_;  // [expected]
  Running running_;
  std::size_t reached_ = 0;  // expected samples up to the last that ended
  bool closed_ = false;
  int lost_from_sight_ = 0;  // blind since their devices are gone
};

}  // namespace ddnn

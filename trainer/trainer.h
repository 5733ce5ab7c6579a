#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "trainer/examples.h"
#include "trainer/exit_logits.h"
#include "trainer/recipe.h"
#include "trainer/trained.h"

namespace ddnn {

/// A network being trained on some rows, epoch by epoch.
///
/// All randomness comes from the recipe's seed: equal arguments and calls give
/// equal results on one machine.
/// Thread-safety: none; computes on one thread.
class Trainer {
 public:
  /// \param examples  borrowed; must outlive the trainer.
  /// \param rows      the rows to learn from, >= 1.
  Trainer(const Recipe& recipe, const Examples& examples,
          std::vector<int> rows);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// One pass over the rows in a new order.
  /// \param stop  asked before each update; true abandons the epoch.
  /// \return the mean loss, the sum of all exits' cross entropies; nothing if
  ///     abandoned.
  std::optional<double> RunEpoch(const std::function<bool()>& stop);
  int epochs_run() const;

  /// Takes batch-norm statistics anew over all rows with the weights as they
  /// are, without augmentation: always before Evaluate() and Learnt().
  void EstimateStatistics();

  /// The network in float, with the statistics last estimated.
  ExitLogits Evaluate(std::span<const int> rows);
  TrainedNetwork Learnt() const;

  /// Remembers the state of the network; Restore() comes back to it.
  void Keep();
  void Restore();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ddnn

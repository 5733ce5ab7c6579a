#include "trainer/fit.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "trainer/exact.h"
#include "trainer/fold.h"
#include "trainer/trainer.h"
#include "trainer/verify.h"

namespace ddnn {
namespace {

using Clock = std::chrono::steady_clock;

class FitRun {
 public:
  FitRun(const Recipe& recipe, const Examples& train, Progress* progress,
         const std::function<bool()>& stop)
      : recipe_(recipe), train_(train), progress_(progress), stop_(stop) {}

  Result<FitResult> Run() {
    const auto trainable =
        CheckTrainable(train_, recipe_.HasOneDevice() ? 1 : 2);
    if (!trainable) return trainable.failure();
    const auto fits = CheckHierarchy();
    if (!fits) return fits.failure();
    const auto start = Clock::now();
    std::unique_ptr<Trainer> trainer;
    if (recipe_.HoldsOut()) {
      const InnerSplit split = SplitInner(train_, recipe_.validation_source,
                                          recipe_.validation_last_frames);
      const auto usable = CheckSplit(split);
      if (!usable) return usable.failure();
      trainer = Choose(split);
    }
    if (!trainer || !stop_()) {
      auto refitted = Refit();
      if (refitted) trainer = std::move(refitted);
    }
    auto result = Export(trainer.get());
    if (result) {
      result->report.seconds =
          std::chrono::duration<double>(Clock::now() - start).count();
    }
    return result;
  }

 private:
  Status CheckHierarchy() const {
    const int devices = train_.devices();
    if (recipe_.HasOneDevice() && devices != 1) {
      return Failure{
          Error::kOutOfRange,
          fmt::format("hierarchy {} has one device, but there are {} cameras; "
                      "name one of them in the recipe's key cameras",
                      recipe_.hierarchy, devices)};
    }
    if (recipe_.HasEdge() && devices % recipe_.Edges() != 0) {
      return Failure{Error::kOutOfRange,
                     fmt::format("edge.count is {}, but {} cameras cannot be "
                                 "shared evenly among them",
                                 recipe_.Edges(), devices)};
    }
    return Done{};
  }

  Status CheckSplit(const InnerSplit& split) const {
    if (split.held_out.empty() || split.fit.empty()) {
      return Failure{
          Error::kOutOfRange,
          fmt::format("validation holds out {} of {} training rows; check "
                      "validation.source and validation.last_frames",
                      split.held_out.size(), train_.size())};
    }
    return Done{};
  }

  /// Step 1: finds epochs_ and the thresholds; the trainer is at the best.
  std::unique_ptr<Trainer> Choose(const InnerSplit& split) {
    report_.fit_rows = static_cast<int>(split.fit.size());
    report_.held_out_rows = static_cast<int>(split.held_out.size());
    auto trainer = std::make_unique<Trainer>(recipe_, train_, split.fit);
    int best = -1;
    while (trainer->epochs_run() < recipe_.epochs) {
      const auto loss = trainer->RunEpoch(stop_);
      const int epoch = trainer->epochs_run();
      const bool stopping = !loss;
      if (epoch % recipe_.validation_every == 0 || epoch == recipe_.epochs ||
          (stopping && best < 0)) {
        if (Validate(trainer.get(), split.held_out, &best)) trainer->Keep();
      }
      if (stopping) break;
      // At most as many epochs again to refit.
      Show("choose", epoch, recipe_.epochs, 0, 2 * recipe_.epochs, *loss);
    }
    trainer->Restore();
    progress_->Say(
        fmt::format("chosen: {} epochs, {}; {} rows learnt from, {} held out",
                    report_.epochs, validation_text_, report_.fit_rows,
                    report_.held_out_rows));
    return trainer;
  }

  /// \return whether this is the best evaluation so far; within one row the
  ///     later is the better.
  bool Validate(Trainer* trainer, const std::vector<int>& rows, int* best) {
    trainer->EstimateStatistics();
    const std::vector<int> labels = LabelsOf(train_, rows);
    const Decisions decisions = Decide(trainer->Evaluate(rows), labels);
    std::vector<ThresholdChoice> choices;
    std::vector<float> thresholds(decisions.tiers.size() - 1,
                                  static_cast<float>(recipe_.threshold));
    if (recipe_.choose_threshold) {
      choices = ChooseThresholds(decisions, labels, recipe_.max_local_share);
      for (std::size_t i = 0; i < choices.size(); ++i) {
        thresholds[i] = choices[i].threshold;
      }
    }
    const Figures figures = Measure(decisions, thresholds, train_, rows);
    if (figures.overall.correct < *best - 1) return false;
    *best = std::max(*best, figures.overall.correct);
    report_.epochs = trainer->epochs_run();
    report_.choices = std::move(choices);
    report_.validation = figures;
    thresholds_ = std::move(thresholds);
    validation_text_ = fmt::format(
        "validation {}/{}, {:.0f} % local, T {:.3f}", figures.overall.correct,
        figures.overall.total, 100 * figures.left_at.at(Tier::kDevice).share(),
        thresholds_.front());
    return true;
  }

  /// Step 2. \return nothing if stopped and there is something better.
  std::unique_ptr<Trainer> Refit() {
    const bool chosen = report_.fit_rows > 0;
    const int epochs = chosen ? report_.epochs : recipe_.epochs;
    const int before = chosen ? recipe_.epochs : 0;
    auto trainer = std::make_unique<Trainer>(recipe_, train_, AllRows(train_));
    while (trainer->epochs_run() < epochs) {
      const auto loss = trainer->RunEpoch(stop_);
      if (!loss && chosen) return nullptr;
      if (!loss) break;
      Show("refit", trainer->epochs_run(), epochs, before, before + epochs,
           *loss);
    }
    report_.epochs = trainer->epochs_run();
    report_.complete = report_.epochs == epochs;
    return trainer;
  }

  /// Step 3.
  Result<FitResult> Export(Trainer* trainer) {
    trainer->EstimateStatistics();
    const std::vector<int> rows = AllRows(train_);
    const std::vector<int> labels = LabelsOf(train_, rows);
    FitResult result;
    result.bundle = FoldNetwork(trainer->Learnt(), recipe_,
                                {train_.data.classes, train_.data.cameras});
    Bundle& bundle = result.bundle;
    if (thresholds_.empty()) {
      thresholds_.assign(bundle.exits.size() - 1,
                         static_cast<float>(recipe_.threshold));
    }
    for (std::size_t i = 0; i < thresholds_.size(); ++i) {
      bundle.exits[i].threshold = thresholds_[i];
    }
    const auto sound = CheckBundle(bundle);
    if (!sound) return sound.failure();

    const ExitLogits exact = EvaluateExactly(bundle, train_);
    for (const Kernel kernel : {Kernel::kReference, Kernel::kFast}) {
      const auto by_network = EvaluateBundle(bundle, train_, kernel);
      if (!by_network) return by_network.failure();
      const auto equal = CheckEqual(exact, *by_network, train_);
      if (!equal) return equal.failure();
    }

    const Decisions folded = Decide(exact, labels);
    report_.train = Measure(folded, thresholds_, train_, rows);
    report_.float_differences =
        CountDifferences(folded, Decide(trainer->Evaluate(rows), labels));
    result.report = std::move(report_);
    return result;
  }

  /// Rows that leave elsewhere or with another class.
  int CountDifferences(const Decisions& a, const Decisions& b) const {
    int differences = 0;
    for (int row = 0; row < a.rows(); ++row) {
      const std::size_t exit = a.ExitOf(row, thresholds_);
      const auto r = static_cast<std::size_t>(row);
      if (exit != b.ExitOf(row, thresholds_) ||
          a.of_exit[exit][r].label != b.of_exit[exit][r].label) {
        ++differences;
      }
    }
    return differences;
  }

  void Show(const char* phase, int epoch, int epochs, int before, int most,
            double loss) {
    progress_->Show(
        {phase, epoch, epochs, before + epoch, most, loss, validation_text_},
        Clock::now());
  }

  const Recipe& recipe_;
  const Examples& train_;
  Progress* progress_;
  const std::function<bool()>& stop_;
  FitReport report_;
  std::vector<float> thresholds_;
  std::string validation_text_;
};

}  // namespace

Result<FitResult> Fit(const Recipe& recipe, const Examples& train,
                      Progress* progress, const std::function<bool()>& stop) {
  return FitRun(recipe, train, progress, stop).Run();
}

}  // namespace ddnn

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/tick.h"
#include "core/nn/sample.h"
#include "core/nn/tier.h"

namespace ddnn {

/// Of some values, by nearest rank; all 0 if there are none.
struct Quantiles {
  std::size_t count = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double max = 0;
};
Quantiles QuantilesOf(std::vector<double> values);

/// How long answers took, in milliseconds after their tick's instant.
struct Latency {
  Quantiles all;
  double worst_group_p99 = 0;
};

/// The answers of one exit, fallbacks left out.
struct ExitFigures {
  Latency decided;  ///< until the edge had the answer, by its own clock
  Latency heard;    ///< until a subscriber had it
};

/// What became of the samples of a window.
struct FleetFigures {
  std::uint64_t samples = 0;     ///< that a device saw
  std::uint64_t answered = 0;    ///< of those, once or more often
  std::uint64_t missing = 0;     ///< neither answered nor reported lost
  std::uint64_t lost = 0;        ///< reported lost
  std::uint64_t duplicates = 0;  ///< answers beyond the first
  std::uint64_t unexpected = 0;  ///< answered or lost, but nobody saw them
  std::uint64_t degraded = 0;    ///< answered without a device's word
  std::uint64_t fallbacks = 0;   ///< answered by a lesser exit than was due
  PerExit<ExitFigures> exits{};  ///< by tier

  /// Every sample was answered once and in full.
  bool clean() const {
    return missing + lost + duplicates + unexpected + degraded + fallbacks == 0;
  }
};

/// Keeps books on every sample of many groups: who saw it, who answered.
///
/// Memory grows with the samples, some 100 bytes each.
/// Thread-safety: all members from any thread.
class Ledger {
 public:
  /// \param groups  all indices below are less.
  explicit Ledger(int groups);

  /// The group's ticks begin. A second schedule means that an edge agent began
  /// anew; the first stays.
  void OnSchedule(int group, const TickSchedule& schedule);
  /// The instant of the last group's first tick, once all schedules are known.
  std::optional<Instant> AllBegun() const;

  /// When in a tick's period each group's ticks come, in milliseconds after
  /// those of the first group: groups whose ticks fall together work at the
  /// same moment. Precondition: AllBegun().
  std::vector<double> Phases() const;

  /// The group's first tick at this instant or later. Preconditions:
  /// AllBegun(), and `at` is not before that.
  Tick TickFrom(int group, Instant at) const;

  /// A device shows a view of the sample; several may.
  void OnSeen(int group, const SampleId& sample);
  void OnResult(int group, const SampleResult& result, Instant heard);
  void OnLoss(int group, const SampleId& sample);

  /// Of the ticks with from <= instant < to. Precondition: AllBegun().
  FleetFigures Summarize(Instant from, Instant to) const;

 private:
  struct Entry {
    bool seen = false;
    bool lost = false;
    std::uint32_t answers = 0;
    ResultStatus status = ResultStatus::kOk;
    Tier exit = Tier::kDevice;  // of the first answer, as what follows
    double decided_ms = 0;
    Instant heard{};
  };
  struct Group {
    std::optional<TickSchedule> schedule;
    std::map<SampleId, Entry> entries;
  };
  struct Waits;

  static void Count(const Entry& entry, FleetFigures* figures);
  Entry& At(int group, const SampleId& sample) {
    return groups_[static_cast<std::size_t>(group)].entries[sample];
  }

  mutable std::mutex mutex_;
  std::vector<Group> groups_;  // guarded by mutex_
};

}  // namespace ddnn

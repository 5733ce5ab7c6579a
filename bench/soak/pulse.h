#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "cli/audit/heard_event.h"
#include "core/base/clock.h"
#include "core/fusion/device_set.h"

namespace ddnn {

/// Tells when a paced group works as it should: every device speaks of every
/// tick, and every sample is answered in full and promptly. Bounded: ticks of
/// the last kMemory. Thread-safety: none.
class Pulse {
 public:
  /// A result this long after its tick's instant is still prompt.
  static constexpr milliseconds kPrompt{1000};
  /// The group works if all is well for so long.
  static constexpr milliseconds kWell{1000};
  static constexpr std::chrono::seconds kMemory{120};

  void OnHeard(const HeardEvent& event, Instant now);

  /// Looks for the first tick, not before `from`, after which all was well for
  /// kWell.
  /// \return when the last of its answers was heard; nothing as long as there
  ///     is no such tick.
  std::optional<Instant> WellSince(Instant from) const;

  /// The longest time between two of the results heard from `from` on, and
  /// before the first of them.
  milliseconds LongestPauseSince(Instant from) const;

 private:
  struct TickState {
    DeviceSet spoke;
    std::set<ObjectNumber> seen;
    std::set<ObjectNumber> well;  // answered in full and promptly
    Instant heard{};              // the last word of it
  };
  /// Ticks since the schedule's first one.
  using Offset = std::int64_t;

  void On(const GroupConfig& config, Instant now);
  void On(const HeardScores& scores, Instant now);
  void On(const SampleResult& result, Instant now);
  void On(const SampleLoss& /*loss*/, Instant /*now*/) {}
  void On(const TicksUnheard& /*unheard*/, Instant /*now*/) {}
  void On(const HeardWatermark& /*watermark*/, Instant /*now*/) {}

  Offset OffsetOf(Tick tick) const {
    return static_cast<std::int32_t>(tick - config_->schedule.first_tick);
  }
  Instant InstantOf(Offset offset) const {
    return config_->schedule.InstantOf(config_->schedule.first_tick +
                                       static_cast<Tick>(offset));
  }
  bool Well(const TickState& tick) const;

  std::optional<GroupConfig> config_;
  std::map<Offset, TickState> ticks_;
  std::set<Instant> results_;  // when heard
};

}  // namespace ddnn

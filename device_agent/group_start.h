#pragma once

#include <cstdint>
#include <optional>

#include "core/base/tick.h"

namespace ddnn {

/// Learns from the group's `config` and `decided` when ticks may begin, and
/// when they are to be offered again.
///
/// Both are retained and belong together, but come one by one: ticks begin
/// once both are known, so that none is sent that was decided long ago. A new
/// schedule makes the watermark of the old one meaningless, since their ticks
/// do not compare. The same schedule with another term, or on another
/// connection, is another opening: what was said before may not have been
/// heard. Thread-safety: none.
class GroupStart {
 public:
  struct Start {
    TickSchedule schedule;
    Tick decided = 0;
    bool is_new_run = false;  ///< another schedule than before
    /// The same schedule, opened anew.
    bool is_new_opening = false;
  };

  /// A connection begins: the broker will tell both again, in any order.
  void OnConnected();

  /// \return set if ticks begin now, perhaps again with the same schedule.
  std::optional<Start> OnConfig(const TickSchedule& schedule,
                                std::uint32_t term);
  std::optional<Start> OnDecided(Tick tick);

  /// The schedule of the ticks that have begun.
  const std::optional<TickSchedule>& schedule() const { return schedule_; }

 private:
  std::optional<Start> BeginIfReady();

  bool config_seen_ = false;             // since the connection
  std::optional<Tick> decided_;          // since the connection or the schedule
  std::optional<TickSchedule> pending_;  // waits for decided_
  std::uint32_t pending_term_ = 0;
  std::optional<TickSchedule> schedule_;
  std::optional<std::uint32_t> term_;  // begun with on this connection
};

}  // namespace ddnn

#pragma once

#include <optional>

#include "core/base/clock.h"
#include "core/base/tick.h"

namespace ddnn {

/// Decides which tick a live camera shows next.
///
///     paced:    the newest tick that is due; those passed over are missed.
///               Where the clock was set back by seconds, from there again
///     unpaced:  the first undecided tick, once there is a new image for it
///
/// Unpaced, a camera is never more than one tick ahead of the watermark, since
/// its newest image would be old by the time that it counts. Pure: time is an
/// argument. Thread-safety: none.
class LivePacer {
 public:
  struct Due {
    Tick tick = 0;
    Tick missed = 0;  ///< ticks passed over since the one before
  };

  /// Starts after the decided ticks. The same schedule again: a paced group
  /// goes on with its time.
  void Begin(const TickSchedule& schedule, Tick decided);

  void OnDecided(Tick tick);

  /// Takes the tick that is due at `now`.
  /// \param has_image  there is one that no tick has shown.
  std::optional<Due> Take(Instant now, bool has_image);

  /// The instant at which Take() will succeed, whatever comes; nothing if that
  /// does not depend on time.
  std::optional<Instant> NextInstant() const;

  const std::optional<TickSchedule>& schedule() const { return schedule_; }

 private:
  std::optional<Due> TakePaced(Instant now);
  void FollowClock(Instant now);

  std::optional<TickSchedule> schedule_;
  Tick next_ = 0;      // meaningful while schedule_ is set, as is decided_
  Tick decided_ = 0;   // never Before(first_tick - 1)
  bool first_ = true;  // of the schedule: who comes late has missed nothing
};

}  // namespace ddnn

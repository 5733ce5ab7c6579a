#pragma once

#include <cstddef>
#include <optional>

#include "core/base/clock.h"
#include "core/base/tick.h"

namespace ddnn {

/// Decides which tick of a replay is due.
///
///     paced:    tick t at schedule.InstantOf(t); a late one at once, since a
///               replay must not lose samples
///     unpaced:  tick t as soon as t <= decided + window
///
/// A larger window hides more of the way to the edge and back, and lets an
/// edge hold more ticks at a time. Pure: time is an argument.
/// Thread-safety: none.
class ReplayPacer {
 public:
  struct Due {
    Tick tick = 0;
    std::size_t position = 0;  ///< ticks since the start of the replay
  };

  /// \param length  ticks of the replay, < 2^31.
  /// \param window  ticks ahead of the decided watermark, >= 1.
  ReplayPacer(std::size_t length, int window)
      : length_(length), window_(static_cast<Tick>(window)) {}

  /// Starts after the decided ticks. The same schedule again: an unpaced
  /// replay offers its undecided ticks again, since they may have been lost
  /// with a connection; a paced one goes on with its time.
  void Begin(const TickSchedule& schedule, Tick decided);

  void OnDecided(Tick tick);

  /// Takes the next tick if it is due at `now`.
  std::optional<Due> Take(Instant now);

  /// The instant at which Take() will succeed; nothing if that does not depend
  /// on time: no schedule, the window is full, or the replay has ended.
  std::optional<Instant> NextInstant() const;

 private:
  bool HasNext() const;

  const std::size_t length_;
  const Tick window_;
  std::optional<TickSchedule> schedule_;
  Tick next_ = 0;     // meaningful while schedule_ is set, as is decided_
  Tick decided_ = 0;  // never Before(first_tick - 1)
};

}  // namespace ddnn

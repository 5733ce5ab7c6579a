#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/tick.h"
#include "core/nn/sample.h"
#include "core/nn/view.h"

namespace ddnn {

/// What one camera shows at one tick; possibly nothing.
struct TickViews {
  struct ObjectView {
    ObjectNumber object = 0;
    View view{};
  };
  Tick tick = 0;
  std::vector<ObjectView> views;
  /// False: the camera delivers nothing now, so that nobody can tell what it
  /// would see. `views` is empty then, and `tick` means nothing; it is said
  /// about once a second.
  bool camera_up = true;
  /// When a live source took the image; none if an earlier tick showed it.
  std::optional<Instant> captured{};
  /// What reading the image took, a camera's wait for it included; 0 if none
  /// was read for this tick.
  Instant::duration reading{};
};

/// What a source has done since its start.
struct SourceStats {
  std::uint64_t frames_captured = 0;
  /// A newer frame came before a tick took this one.
  std::uint64_t frames_replaced = 0;
  /// Images, or ticks of a replay, left out since they could not be read.
  std::uint64_t frames_unreadable = 0;
  /// Ticks that were left out, since the device was still busy.
  std::uint64_t ticks_missed = 0;
  /// The camera was opened again after a stall or an end.
  std::uint64_t restarts = 0;
  std::optional<Instant> last_frame{};
};

/// Where a device's views come from, tick by tick.
///
/// Thread-safety: Next() from one thread; the others from any thread.
class ViewSource {
 public:
  virtual ~ViewSource() = default;

  /// The group's schedule is known: ticks may begin, or begin again (another
  /// schedule, or a new connection).
  /// \param decided  ticks up to this one are not wanted any more;
  ///     `schedule.first_tick - 1` in a new run.
  virtual void Begin(const TickSchedule& schedule, Tick decided) = 0;

  /// Every tick up to `tick` is decided; an unpaced replay moves on.
  virtual void OnDecided(Tick tick) = 0;

  /// Waits until the next tick's views are there.
  /// \return nothing once stopped.
  virtual std::optional<TickViews> Next() = 0;

  /// Makes Next() return.
  virtual void Stop() = 0;

  virtual SourceStats stats() const = 0;
};

}  // namespace ddnn

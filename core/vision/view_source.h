#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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

  /// Ticks that fell due but had to be left out, since their frame could not
  /// be read.
  virtual std::uint64_t skipped_ticks() const = 0;
};

}  // namespace ddnn

#pragma once

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

  /// The group's schedule is known: ticks may begin (again).
  virtual void Begin(const TickSchedule& schedule) = 0;

  /// Every tick up to `tick` is decided; an unpaced replay moves on.
  virtual void OnDecided(Tick tick) = 0;

  /// Waits until the next tick's views are there.
  /// \return nothing once stopped, or when the source has come to its end.
  virtual std::optional<TickViews> Next() = 0;

  /// Makes Next() return.
  virtual void Stop() = 0;
};

}  // namespace ddnn

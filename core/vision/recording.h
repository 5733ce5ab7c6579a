#pragma once

#include <cstddef>
#include <vector>

#include "core/base/result.h"
#include "core/vision/view_source.h"

namespace ddnn {

/// What one camera saw, tick by tick, with the true boxes of all things: it
/// can be read in any order and again.
///
/// A tick's things are objects 0, 1, 2, ..., the same numbers in the recording
/// of every camera of the group.
/// Thread-safety: const members from any thread.
class Recording {
 public:
  virtual ~Recording() = default;

  /// From the first tick to the last; from 1 to 2^31 - 1.
  virtual std::size_t ticks() const = 0;

  /// Things at a tick, whoever sees them.
  /// Precondition: tick < ticks(), as for ReadViews().
  virtual std::size_t ObjectsAt(std::size_t tick) const = 0;

  /// This camera's views at a tick, in order of their objects.
  /// \return a failure naming what cannot be read.
  virtual Result<std::vector<TickViews::ObjectView>> ReadViews(
      std::size_t tick) const = 0;
};

}  // namespace ddnn

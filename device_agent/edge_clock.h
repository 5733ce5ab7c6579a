#pragma once

#include <atomic>

#include "core/base/clock.h"
#include "device_agent/clock_probe.h"

namespace ddnn {

/// The edge's clock, as well as this device can tell it: what its source goes
/// by, so that ticks fall due here when the edge means them to, though this
/// machine's clock is wrong.
///
/// It is the device's own clock until a reading shows the two to be apart by
/// more than twice the reading's error; and again once none does.
/// Thread-safety: all members from any thread.
class EdgeClock final : public Clock {
 public:
  /// \param own  this machine's; borrowed, outlives the clock.
  explicit EdgeClock(const Clock& own) : own_(own) {}

  Instant Now() const override { return own_.Now() - offset(); }

  void Follow(const ClockProbe::Reading& reading);
  /// The device's own clock minus this one.
  Instant::duration offset() const {
    return Instant::duration(offset_ns_.load(std::memory_order_relaxed));
  }

 private:
  const Clock& own_;
  std::atomic<Instant::rep> offset_ns_{0};
};

}  // namespace ddnn

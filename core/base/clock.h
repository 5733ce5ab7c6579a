#pragma once

#include <chrono>

namespace ddnn {

/// An instant of the wall clock that devices, edge and cloud share (NTP).
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;
using std::chrono::milliseconds;

/// Where time comes from; injected, so that no test waits.
/// Thread-safety: Now() may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
};

/// The machine's own wall clock.
class SystemClock final : public Clock {
 public:
  Instant Now() const override {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now());
  }
};

}  // namespace ddnn

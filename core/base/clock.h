#pragma once

#include <chrono>
#include <cstdint>

namespace ddnn {

/// An instant of the wall clock that devices, edge and cloud share (NTP).
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;
using std::chrono::milliseconds;

/// Whether a wait until `due` is over. No wait is longer than `longest`: where
/// one seems to be, the wall clock was set back, and must not prolong it.
inline bool IsOver(Instant due, Instant::duration longest, Instant now) {
  return now >= due || due - now > longest;
}

/// The boot number of an agent that starts at `now`: unix time, in seconds.
inline std::uint32_t BootNumber(Instant now) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
}

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

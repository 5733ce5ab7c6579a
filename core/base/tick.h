#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/clock.h"

namespace ddnn {

/// Number of a scheduled capture instant of a group. It wraps around, so
/// compare ticks with Before(), never with <.
using Tick = std::uint32_t;

/// True if tick `a` comes before tick `b`, for ticks less than 2^31 apart.
constexpr bool Before(Tick a, Tick b) {
  return static_cast<std::int32_t>(a - b) < 0;
}

/// When the ticks of a group fall due.
///
/// The edge decides it once and publishes it (topic `config`), so that all
/// devices of a group agree and no two runs share ticks: the first tick is
/// derived from the start instant.
struct TickSchedule {
  Instant start{};            ///< the instant of `first_tick`
  double ticks_per_second{};  ///< 0 = unpaced: as fast as answers come
  Tick first_tick{};

  /// The schedule that starts at `start`.
  static TickSchedule StartingAt(Instant start, double ticks_per_second) {
    const auto ms =
        std::chrono::duration_cast<milliseconds>(start.time_since_epoch())
            .count();
    // An unpaced run counts as if it had a tick each millisecond: later runs
    // start beyond it as long as it stays under 1000 ticks a second.
    const double rate = ticks_per_second > 0 ? ticks_per_second : 1000.0;
    const auto number =
        static_cast<std::int64_t>(static_cast<double>(ms) / 1000.0 * rate);
    return {start, ticks_per_second, static_cast<Tick>(number)};
  }

  friend bool operator==(const TickSchedule&, const TickSchedule&) = default;

  bool paced() const { return ticks_per_second > 0; }

  /// Precondition: paced(), and `tick` is not Before(first_tick).
  Instant InstantOf(Tick tick) const {
    const double ns =
        static_cast<double>(tick - first_tick) / ticks_per_second * 1e9;
    // Beyond the calendar it never falls due, and callers may still add to it.
    const double room =
        static_cast<double>((Instant::max() - start).count()) / 2;
    return start + std::chrono::nanoseconds(
                       static_cast<std::int64_t>(std::min(ns, room)));
  }
};

}  // namespace ddnn

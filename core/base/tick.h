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

/// A run of more ticks would come near those that Before() cannot tell apart;
/// some room, since an unpaced run may be faster than its kUnpacedRate.
inline constexpr Tick kLongestRun = Tick{1} << 28;

/// Who goes by the ticks of a schedule waits for a clock that was set back by
/// no more than this; else it follows the clock.
inline constexpr std::chrono::seconds kLargestSetBack{5};

/// When the ticks of a group fall due.
///
/// The edge decides it once and publishes it (topic `config`), so that all
/// devices of a group agree and no two runs share ticks: the first tick is
/// derived from the start instant.
struct TickSchedule {
  /// An unpaced run counts as if it had a tick each millisecond: later runs
  /// start beyond it as long as it stays under 1000 ticks a second.
  static constexpr double kUnpacedRate = 1000.0;

  Instant start{};            ///< the instant of `first_tick`
  double ticks_per_second{};  ///< 0 = unpaced: as fast as answers come
  Tick first_tick{};

  /// The schedule that starts at `start`.
  static TickSchedule StartingAt(Instant start, double ticks_per_second) {
    const auto ms =
        std::chrono::duration_cast<milliseconds>(start.time_since_epoch())
            .count();
    const double rate = ticks_per_second > 0 ? ticks_per_second : kUnpacedRate;
    const auto number =
        static_cast<std::int64_t>(static_cast<double>(ms) / 1000.0 * rate);
    return {start, ticks_per_second, static_cast<Tick>(number)};
  }

  friend bool operator==(const TickSchedule&, const TickSchedule&) = default;

  bool paced() const { return ticks_per_second > 0; }

  /// More ticks than kLongestRun may be due: a new schedule must begin.
  bool IsWornOut(Instant now) const {
    const double rate = paced() ? ticks_per_second : kUnpacedRate;
    const std::chrono::duration<double> since = now - start;
    return since.count() * rate > kLongestRun;
  }

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

  /// The last tick whose instant is not after `now`; before the start the one
  /// before the first. Unpaced: the last one that the run may have reached.
  Tick LastDue(Instant now) const {
    if (now < start) return first_tick - 1;
    const double rate = paced() ? ticks_per_second : kUnpacedRate;
    const std::chrono::duration<double> since = now - start;
    const Tick tick =
        first_tick +
        static_cast<Tick>(static_cast<std::uint64_t>(since.count() * rate));
    if (!paced()) return tick;
    // The product may be rounded to either side.
    if (now < InstantOf(tick)) return tick - 1;
    return now < InstantOf(tick + 1) ? tick : tick + 1;
  }
};

}  // namespace ddnn

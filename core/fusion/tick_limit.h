#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/tick.h"

namespace ddnn {

/// A stray tick beyond this cannot belong to any device's window.
inline constexpr Tick kMaxTicksAhead = Tick{1} << 16;
/// Nor one that falls due so much later: no clock that is of use is so wrong.
inline constexpr std::chrono::seconds kMaxClockAhead{10};

/// The last tick that is believed. Unpaced: kMaxTicksAhead beyond the
/// watermark. Paced: what falls due within kMaxClockAhead, since deadlines
/// count from a tick's instant and whatever waits for one holds a place until
/// then.
inline Tick LastTickBelieved(const TickSchedule& schedule, Tick decided,
                             Instant now) {
  if (!schedule.paced()) return decided + kMaxTicksAhead;
  const std::chrono::duration<double> until =
      std::max(now, schedule.start) + kMaxClockAhead - schedule.start;
  return schedule.first_tick +
         static_cast<Tick>(static_cast<std::uint64_t>(
             std::ceil(until.count() * schedule.ticks_per_second)));
}

}  // namespace ddnn

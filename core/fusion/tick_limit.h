#pragma once

#include <chrono>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/tick.h"

namespace ddnn {

/// A stray tick beyond this cannot belong to any device's window.
inline constexpr Tick kMaxTicksAhead = Tick{1} << 16;

/// The last tick that is believed: kMaxTicksAhead beyond the watermark, or
/// beyond the tick that is due, since a paced group goes on counting while no
/// device is there.
inline Tick LastTickBelieved(const TickSchedule& schedule, Tick decided,
                             Instant now) {
  const Tick limit = decided + kMaxTicksAhead;
  if (!schedule.paced() || now <= schedule.start) return limit;
  const double seconds =
      std::chrono::duration<double>(now - schedule.start).count();
  const Tick due =
      schedule.first_tick + static_cast<Tick>(static_cast<std::uint64_t>(
                                seconds * schedule.ticks_per_second));
  return Before(limit, due + kMaxTicksAhead) ? due + kMaxTicksAhead : limit;
}

}  // namespace ddnn

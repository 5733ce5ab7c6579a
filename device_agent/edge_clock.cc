#include "device_agent/edge_clock.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>

namespace ddnn {
namespace {

// Cameras of a group may differ as much without harm.
constexpr double kWorthALineSeconds = 0.05;

}  // namespace

void EdgeClock::Follow(const ClockProbe::Reading& reading) {
  const bool apart = reading.error_s < std::abs(reading.offset_s) / 2;
  const double before_s = std::chrono::duration<double>(offset()).count();
  const double offset_s = apart ? reading.offset_s : 0.0;
  offset_ns_ = std::llround(offset_s * 1e9);
  if (std::abs(offset_s - before_s) < kWorthALineSeconds) return;
  if (!apart) {
    return spdlog::info("clock_agrees error_s={:.3f}", reading.error_s);
  }
  spdlog::warn(
      "clock_apart offset_s={:.3f} error_s={:.3f} instead=\"ticks follow the "
      "edge's clock\" remedy=\"set the clocks of all machines by NTP\"",
      offset_s, reading.error_s);
}

}  // namespace ddnn

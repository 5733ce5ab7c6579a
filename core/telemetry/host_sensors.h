#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ddnn {

/// A reading of the machine that an agent runs on.
struct HostReading {
  std::string name;  ///< of the sensor, or the reason of throttling
  double value = 0;
};

struct HostReadings {
  std::vector<HostReading> celsius;
  /// 1 or 0: "under_voltage", "frequency_capped", "throttled",
  /// "soft_temperature_limit". A Raspberry Pi tells.
  std::vector<HostReading> throttled;
};

/// Sensors listed at most.
inline constexpr std::size_t kMaxSensors = 8;

/// What the kernel tells; nothing where it does not. Sensors have names of
/// their own: lower-case letters, digits, '-' and '_'.
/// \param sys  where sysfs is mounted.
HostReadings ReadHost(const std::filesystem::path& sys = "/sys");

}  // namespace ddnn

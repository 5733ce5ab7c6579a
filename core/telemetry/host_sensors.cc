#include "core/telemetry/host_sensors.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <ios>
#include <optional>
#include <string_view>

namespace ddnn {
namespace {

constexpr std::size_t kMaxNameBytes = 32;

struct Flag {
  std::string_view reason;
  unsigned bit;
};
// The firmware's word: what holds now, in its lowest bits.
constexpr std::array<Flag, 4> kFlags{{{"under_voltage", 0},
                                      {"frequency_capped", 1},
                                      {"throttled", 2},
                                      {"soft_temperature_limit", 3}}};

template <typename T>
std::optional<T> Read(const std::filesystem::path& file,
                      std::ios_base& (*base)(std::ios_base&) = std::dec) {
  std::ifstream in(file);
  T value{};
  if (!(in >> base >> value)) return std::nullopt;
  return value;
}

std::string SensorName(std::string text) {
  std::erase_if(text, [](char c) {
    return !(('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '-' ||
             c == '_');
  });
  return text.substr(0, kMaxNameBytes);
}

bool IsNew(const std::vector<HostReading>& readings, const std::string& name) {
  return std::ranges::find(readings, name, &HostReading::name) ==
         readings.end();
}

std::vector<HostReading> ReadTemperatures(const std::filesystem::path& sys) {
  std::vector<HostReading> readings;
  for (std::size_t i = 0; i < kMaxSensors; ++i) {
    const auto zone =
        sys / "class/thermal" / ("thermal_zone" + std::to_string(i));
    const auto milli = Read<double>(zone / "temp");
    if (!milli) continue;
    std::string name =
        SensorName(Read<std::string>(zone / "type").value_or(""));
    if (name.empty() || !IsNew(readings, name)) {
      name += "zone" + std::to_string(i);
    }
    readings.push_back({std::move(name), *milli / 1000});
  }
  return readings;
}

std::vector<HostReading> ReadThrottling(const std::filesystem::path& sys) {
  std::vector<HostReading> readings;
  const auto word = Read<std::uint32_t>(
      sys / "devices/platform/soc/soc:firmware/get_throttled", std::hex);
  if (!word) return readings;
  for (const Flag& flag : kFlags) {
    readings.push_back({std::string(flag.reason),
                        static_cast<double>((*word >> flag.bit) & 1)});
  }
  return readings;
}

}  // namespace

HostReadings ReadHost(const std::filesystem::path& sys) {
  return {ReadTemperatures(sys), ReadThrottling(sys)};
}

}  // namespace ddnn

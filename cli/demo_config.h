#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ddnn {

inline constexpr std::string_view kDemoSite = "demo";
inline constexpr std::string_view kDemoGroup = "demo";
inline constexpr std::string_view kDemoEdge = "edge";
inline constexpr std::string_view kDemoCloud = "cloud";
/// The id of a device's agent: "device0".
std::string DemoDevice(int device);

/// What the agents of a demo must know.
struct DemoSetup {
  std::string broker_url;
  std::filesystem::path bundle;
  std::filesystem::path dataset;  ///< empty = the simulated street
  std::string split;              ///< "COLUMN:VALUE"; empty = every row
  int seed = 0;                   ///< the street's
  int samples = 0;                ///< 0 = all
  double ticks_per_s = 0;
  bool preload = false;
};

/// The agents' configuration files. Deadlines are long: a replay must answer
/// as `ddnn evaluate` does, however slow the machine.
std::string DeviceYaml(const DemoSetup& setup, int device);
std::string EdgeYaml(const DemoSetup& setup);
std::string CloudYaml(const DemoSetup& setup);

}  // namespace ddnn

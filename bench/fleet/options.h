#pragma once

#include <filesystem>
#include <string>

namespace ddnn {

/// What the load is.
struct FleetOptions {
  int groups = 10;
  double ticks_per_s = 10;        ///< of each group
  int seconds = 30;               ///< measured
  int warm_up_s = 5;              ///< before that, with the same load
  std::filesystem::path bundle;   ///< empty = the shipped one
  std::filesystem::path dataset;  ///< empty = the simulated street
  std::string split;              ///< "COLUMN:VALUE"; empty = every row
  int batch_ms = 0;               ///< of the devices
  int cloud_agents = 1;
  std::string url;             ///< of a broker; empty = one of its own
  std::filesystem::path json;  ///< empty = none
};

}  // namespace ddnn

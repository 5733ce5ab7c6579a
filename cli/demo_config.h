#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/nn/tree.h"

namespace ddnn {

inline constexpr std::string_view kDemoSite = "demo";
inline constexpr std::string_view kDemoGroup = "demo";
inline constexpr std::string_view kDemoEdge = "edge";
inline constexpr std::string_view kDemoCloud = "cloud";
/// The id of a device's agent: "device0".
std::string DemoDevice(int device);
/// The edges that are not the lead.
std::vector<const Place*> BranchesOf(const Tree& tree);
/// The id of a branch's agent: "edge1".
std::string DemoBranch(int index);

/// What the agents of a demo must know.
struct DemoSetup {
  std::string broker_url;
  std::filesystem::path bundle;
  Tree tree;
  std::filesystem::path tree_file;  ///< the same; empty = the bundle's own
  std::filesystem::path dataset;    ///< empty = the simulated street
  std::string split;                ///< "COLUMN:VALUE"; empty = every row
  int seed = 0;                     ///< the street's
  int street_ticks = 0;             ///< after these it begins again; 0 = never
  int samples = 0;                  ///< 0 = all
  double ticks_per_s = 0;
  int batch_ms = 0;
  bool preload = false;
  int preview_ms = 0;
};

/// The agents' configuration files. Deadlines are long: a replay must answer
/// as `ddnn evaluate` does, however slow the machine.
std::string DeviceYaml(const DemoSetup& setup, int device);
std::string EdgeYaml(const DemoSetup& setup);
std::string BranchYaml(const DemoSetup& setup, int index);
std::string CloudYaml(const DemoSetup& setup);

}  // namespace ddnn

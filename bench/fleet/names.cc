#include "bench/fleet/names.h"

#include <spdlog/fmt/fmt.h>

namespace ddnn {

std::string FleetGroup(int group) { return fmt::format("group{}", group); }
std::string FleetEdge(int group) { return fmt::format("edge{}", group); }
std::string FleetCloud(int index) { return fmt::format("cloud{}", index); }
std::string FleetDevice(int group, int device) {
  return fmt::format("device{}-{}", group, device);
}

std::optional<int> GroupOf(std::string_view id, int groups) {
  for (int group = 0; group < groups; ++group) {
    if (id == FleetGroup(group)) return group;
  }
  return std::nullopt;
}

std::string TierOf(std::string_view agent) {
  return std::string(agent.substr(0, agent.find_first_of("0123456789")));
}

}  // namespace ddnn

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ddnn {

/// The ids of a fleet's groups and agents, in the words of their topics.
std::string FleetGroup(int group);               ///< "group3"
std::string FleetEdge(int group);                ///< "edge3"
std::string FleetCloud(int index);               ///< "cloud0"
std::string FleetDevice(int group, int device);  ///< "device3-5"

/// The group of that id. \return nothing unless it is one of `groups`.
std::optional<int> GroupOf(std::string_view id, int groups);

/// "edge", "cloud" or "device".
std::string TierOf(std::string_view agent);

}  // namespace ddnn

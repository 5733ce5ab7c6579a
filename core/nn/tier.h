#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ddnn {

/// Where a section of the network runs. Each tier may have one exit, decided
/// after its sections: the device tier's exit is the *local* exit.
enum class Tier : std::uint8_t { kDevice = 0, kEdge = 1, kCloud = 2 };

inline constexpr std::array<Tier, 3> kTiers{Tier::kDevice, Tier::kEdge,
                                            Tier::kCloud};

/// Indexed by Tier.
template <typename T>
using PerExit = std::array<T, kTiers.size()>;

/// "device", "edge", "cloud".
constexpr std::string_view TierName(Tier tier) {
  constexpr std::array<std::string_view, 3> kNames{"device", "edge", "cloud"};
  return kNames[static_cast<std::size_t>(tier)];
}

/// "local", "edge", "cloud": the word of results, metrics and thresholds.
constexpr std::string_view ExitName(Tier tier) {
  constexpr std::array<std::string_view, 3> kNames{"local", "edge", "cloud"};
  return kNames[static_cast<std::size_t>(tier)];
}

}  // namespace ddnn

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/fleet/ledger.h"
#include "bench/fleet/options.h"
#include "bench/fleet/usage.h"

namespace ddnn {

/// All that a run has found out.
struct FleetReport {
  FleetOptions options;
  int devices = 0;                ///< of a group
  std::vector<double> phases_ms;  ///< see Ledger::Phases()
  FleetFigures figures{};
  /// Of all agents since their start, by kind and name; see AddDrops().
  std::map<std::string, std::uint64_t> drops{};
  /// In order of the table: title, load.
  std::vector<std::pair<std::string, Load>> loads;
  std::array<double, 3> load_average{};  ///< the machine's: 1, 5, 15 minutes

  /// Every sample was answered once and in full, and nothing dropped.
  bool clean() const { return figures.clean() && drops.empty(); }
};

std::string ToTable(const FleetReport& report);
/// The same; bench/README.md says what the keys mean.
std::string ToJson(const FleetReport& report);

}  // namespace ddnn

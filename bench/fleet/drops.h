#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/base/counters.h"

namespace ddnn {

/// Adds an agent's counters that speak of something dropped, late, repeated or
/// refused, or of a connection that broke; only those that are not 0.
/// \param agents  what the agent is, e.g. "edge": the sums are kept as
///     "edge late_scores".
void AddDrops(const std::string& agents, const AgentCounters& counters,
              std::map<std::string, std::uint64_t>* drops);

}  // namespace ddnn

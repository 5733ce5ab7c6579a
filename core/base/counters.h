#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ddnn {

/// An agent's counts since its start, by name, e.g. "rejected_wrong_bundle".
using AgentCounters = std::map<std::string, std::uint64_t>;

}  // namespace ddnn

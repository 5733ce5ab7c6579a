#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ddnn {

/// An agent's counts since its start, by name, e.g. "sent_score_messages".
using AgentCounters = std::map<std::string, std::uint64_t>;

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <string>

#include "core/base/counters.h"

namespace ddnn {

/// Messages of all kinds that an agent refused for a reason.
inline std::uint64_t Rejected(const AgentCounters& counters,
                              const std::string& reason) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : counters) {
    if (name.starts_with("rejected_") && name.ends_with("_" + reason)) {
      sum += count;
    }
  }
  return sum;
}

}  // namespace ddnn

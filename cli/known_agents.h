#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "core/wire/json.h"

namespace ddnn {

/// Whether `one` rather than `other` stands for a device that both say to be:
/// one that is there does, then the one that started last.
bool StandsBefore(const AgentState& one, const AgentState& other);

/// Who is what, by the newest state of each agent; of kMost agents, those
/// beyond are not known. Thread-safety: none.
class KnownAgents {
 public:
  static constexpr std::size_t kMost = 10'000;

  /// \param state  without a tier: the agent was removed.
  void Add(const std::string& site, const std::string& agent,
           const AgentState& state);

  /// Names of the group's devices, by index.
  std::map<int, std::string> DevicesOf(const std::string& site,
                                       const std::string& group) const;
  /// \return empty: the agent has none, or is not known.
  std::string GroupOf(const std::string& site, const std::string& agent) const;

 private:
  std::map<std::pair<std::string, std::string>, AgentState> agents_;
};

}  // namespace ddnn

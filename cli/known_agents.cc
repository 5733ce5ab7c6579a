#include "cli/known_agents.h"

#include <tuple>

namespace ddnn {

bool StandsBefore(const AgentState& one, const AgentState& other) {
  return std::tie(one.online, one.boot) > std::tie(other.online, other.boot);
}

void KnownAgents::Add(const std::string& site, const std::string& agent,
                      const AgentState& state) {
  const std::pair name{site, agent};
  if (state.tier.empty()) {
    agents_.erase(name);
  } else if (agents_.size() < kMost || agents_.contains(name)) {
    agents_[name] = state;
  }
}

std::map<int, std::string> KnownAgents::DevicesOf(
    const std::string& site, const std::string& group) const {
  std::map<int, std::string> names;
  for (const auto& [name, state] : agents_) {
    if (name.first != site || state.group != group || state.device < 0) {
      continue;
    }
    const auto [known, is_new] = names.try_emplace(state.device, name.second);
    if (!is_new && StandsBefore(state, agents_.at({site, known->second}))) {
      known->second = name.second;
    }
  }
  return names;
}

std::string KnownAgents::GroupOf(const std::string& site,
                                 const std::string& agent) const {
  const auto found = agents_.find({site, agent});
  return found == agents_.end() ? std::string() : found->second.group;
}

}  // namespace ddnn

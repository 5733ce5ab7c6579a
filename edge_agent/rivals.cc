#include "edge_agent/rivals.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <tuple>

#include "core/nn/tier.h"

namespace ddnn {

Rivals::Rivals(const EdgeConfig& config, const Tree& tree, const Place& place,
               Presence* presence, LeaseKeeper* lease)
    : agent_(config.agent),
      group_(config.group),
      place_(place.name),
      standby_(config.standby),
      tree_(tree),
      presence_(*presence),
      lease_(lease) {}

void Rivals::OnState(const std::string& agent, const AgentState& state,
                     bool retained, Instant now) {
  if (lease_ != nullptr) TellLease(agent, state, retained, now);
  if (IsRival(agent, state)) Note(agent, state, retained);
}

void Rivals::TellLease(const std::string& agent, const AgentState& state,
                       bool retained, Instant now) {
  if (agent == agent_) {
    // Its echo: the broker has sent before it what was retained.
    if (!retained && state.boot == presence_.boot()) lease_->OnAllHeard(now);
    return;
  }
  if (!state.online) {
    const bool late = other_lead_ && other_lead_->first == agent &&
                      state.boot < other_lead_->second;
    if (!late) return lease_->OnAgentGone(agent);
    return presence_.Reject(MessageKind::kState, Name(Error::kRefused));
  }
  if (state.group != group_ || state.place != place_) return;
  other_lead_ = {agent, state.boot};
  if (!retained && !state.standby) lease_->OnRegularEdge(now);
}

bool Rivals::IsRival(const std::string& agent, const AgentState& state) const {
  if (!state.online || state.tier != TierName(Tier::kEdge) ||
      state.group != group_ || agent == agent_ || state.standby || standby_) {
    return false;
  }
  const Place* place = tree_.Find(state.place);
  return place == nullptr || place->tier != Tier::kEdge ||
         place->name == place_;
}

void Rivals::Note(const std::string& agent, const AgentState& state,
                  bool retained) {
  ++presence_.counters()["rival_edges"];
  if (const auto times = lines_.Admit(std::chrono::steady_clock::now())) {
    spdlog::error(
        "rival_edge agent={} group={} place={} times={} remedy=\"stop one of "
        "the two, make it a standby, or give all agents of the group the same "
        "tree\"",
        agent, group_, state.place, *times);
  }
  const bool older = std::tie(state.boot, agent) <
                     std::forward_as_tuple(presence_.boot(), agent_);
  const bool leads = lease_ != nullptr && !opened_;
  if (leads && state.place == place_ && (retained || older)) {
    presence_.GiveUp(
        {Error::kRefused,
         fmt::format("agent {} already leads group {} at place {}: stop it "
                     "first, or give this agent another group",
                     agent, group_, place_)});
  }
}

}  // namespace ddnn

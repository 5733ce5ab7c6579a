#include "cli/serve/page_state.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <tuple>

#include "cli/known_agents.h"
#include "core/nn/tier.h"

namespace ddnn {
namespace {

std::string NameOf(std::string_view site, std::string_view id) {
  return fmt::format("{}/{}", site, id);
}

std::string_view SiteOf(std::string_view name) {
  return name.substr(0, name.find('/'));
}

std::string_view IdOf(std::string_view name) {
  return name.substr(name.find('/') + 1);
}

/// Devices in order, then edges, then the cloud's; names decide the rest.
auto OrderOf(const PageState::NamedAgent& one) {
  const AgentState& state = one.agent->state;
  const int tier = state.tier == TierName(Tier::kDevice) ? 0
                   : state.tier == TierName(Tier::kEdge) ? 1
                                                         : 2;
  return std::tuple(tier, state.device, one.name);
}

bool Accepted(const Status& status) {
  return status.ok() || status.failure().error == Error::kNotConnected;
}

}  // namespace

void PageState::Subscribe(Bus* bus) const {
  const GroupTopics group(options_.site, options_.group);
  const AgentTopics agents(options_.site, "+");
  for (const auto& filter :
       {group.Config(), agents.State(), group.Result(), group.Lost()}) {
    bus->Subscribe(filter, Qos::kAtLeastOnce);
  }
  bus->Subscribe(group.Preview("+"), Qos::kAtMostOnce);
  if (options_.network != nullptr) {
    bus->Subscribe(group.Score("+"), Qos::kAtMostOnce);
  }
}

void PageState::OnMessage(const BusMessage& message, Instant now) {
  const auto topic = ParseTopic(message.topic);
  if (!topic || !Take(*topic, message, now)) ++rejected_;
}

bool PageState::Take(const ParsedTopic& topic, const BusMessage& message,
                     Instant now) {
  if (topic.kind == "state") return OnState(topic, message, now);
  return topic.scope == ParsedTopic::Scope::kGroup &&
         OnGroup(topic, message, now);
}

bool PageState::OnState(const ParsedTopic& topic, const BusMessage& message,
                        Instant now) {
  const auto found = agents_.find(NameOf(topic.site, topic.agent));
  if (message.payload.empty()) {  // removed by the operator
    if (found != agents_.end()) agents_.erase(found);
    return true;
  }
  auto state = DecodeAgentState(message.payload);
  if (!state) return false;
  const bool is_new = found == agents_.end();
  if (is_new && agents_.size() >= kMaxAgents) return false;
  const bool of_group = !state->group.empty();
  if (of_group && options_.group != "+" && options_.group != state->group) {
    return true;
  }
  GroupPage* group = of_group ? MakeGroup(topic.site, state->group) : nullptr;
  if (of_group && group == nullptr) return false;
  if (group != nullptr && !state->online) group->ForgetPreview(state->device);

  Agent& agent =
      is_new ? agents_[NameOf(topic.site, topic.agent)] : found->second;
  const bool changed = is_new || agent.state.online != state->online ||
                       agent.state.boot != state->boot;
  if (changed) {
    agent.since = message.retained ? std::nullopt : std::optional(now);
  }
  agent.state = std::move(state).value();
  return true;
}

bool PageState::OnGroup(const ParsedTopic& topic, const BusMessage& message,
                        Instant now) {
  GroupPage* group = MakeGroup(topic.site, topic.group);
  if (group == nullptr) return false;
  if (topic.kind == "config") return group->OnConfig(message.payload).ok();
  if (topic.kind == "result") {
    return Accepted(group->OnResult(message.payload, now));
  }
  if (topic.kind == "lost") return group->OnLoss(message.payload, now).ok();
  const int device = DeviceIndex(topic);
  if (topic.kind == "preview") {
    return Accepted(group->OnPreview(device, message.payload, now));
  }
  if (topic.kind != "score") return false;
  // The state of a device that nobody knows yet may be still to come.
  return device < 0 || Accepted(group->OnScore(device, message.payload, now));
}

void PageState::DropDeserted() {
  std::erase_if(groups_, [this](const auto& group) {
    return std::ranges::none_of(agents_, [&](const auto& agent) {
      return NameOf(SiteOf(agent.first), agent.second.state.group) ==
             group.first;
    });
  });
}

GroupPage* PageState::MakeGroup(std::string_view site, std::string_view group) {
  const std::string name = NameOf(site, group);
  const auto found = groups_.find(name);
  if (found != groups_.end()) return found->second.get();
  if (groups_.size() >= kMaxGroups) DropDeserted();
  if (groups_.size() >= kMaxGroups) return nullptr;
  return groups_.emplace(name, std::make_unique<GroupPage>(options_.network))
      .first->second.get();
}

int PageState::DeviceIndex(const ParsedTopic& topic) const {
  const auto found = agents_.find(NameOf(topic.site, topic.agent));
  const bool of_group =
      found != agents_.end() && found->second.state.group == topic.group;
  return of_group ? found->second.state.device : -1;
}

std::vector<std::string> PageState::groups() const {
  std::vector<std::string> names;
  for (const auto& [name, group] : groups_) names.push_back(name);
  return names;
}

const GroupPage* PageState::group(std::string_view name) const {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : found->second.get();
}

std::vector<PageState::NamedAgent> PageState::AgentsOf(
    std::string_view group) const {
  std::vector<NamedAgent> agents;
  for (const auto& [name, agent] : agents_) {
    const std::string& its = agent.state.group;
    if (SiteOf(name) == SiteOf(group) && (its.empty() || its == IdOf(group))) {
      agents.push_back({IdOf(name), &agent});
    }
  }
  std::sort(agents.begin(), agents.end(), [](const auto& a, const auto& b) {
    return OrderOf(a) < OrderOf(b);
  });
  return agents;
}

PageState::NamedAgent PageState::DeviceOf(const std::vector<NamedAgent>& agents,
                                          int device) {
  NamedAgent best{{}, nullptr};
  for (const NamedAgent& one : agents) {
    if (one.agent->state.device != device) continue;
    if (best.agent == nullptr ||
        StandsBefore(one.agent->state, best.agent->state)) {
      best = one;
    }
  }
  return best;
}

}  // namespace ddnn

#include "edge_agent/claims.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/nn/tier.h"

namespace ddnn {

Claims::Claims(std::string group, const Bundle& bundle, const Tree& tree,
               std::string place)
    : group_(std::move(group)),
      bundle_(bundle),
      tree_(tree),
      place_(std::move(place)),
      expected_(bundle.device_count()),
      holders_(bundle.nodes.size()),
      former_(bundle.nodes.size()) {
  for (const Place* edge : tree.PlacesOf(Tier::kEdge)) {
    if (edge->name != place_ && !edge->sections.empty()) ++expected_;
  }
}

int Claims::ClaimOf(const AgentState& state) const {
  if (state.tier == TierName(Tier::kDevice)) return state.device;
  if (state.tier != TierName(Tier::kEdge)) return -1;
  const Place* edge = tree_.Find(state.place);
  if (edge == nullptr || edge->tier != Tier::kEdge || edge->name == place_ ||
      edge->sections.empty()) {
    return -1;
  }
  return edge->sections.front();
}

Claims::Change Claims::OnState(const std::string& agent,
                               const AgentState& state) {
  Change change;
  const bool device = state.tier == TierName(Tier::kDevice);
  const int node = ClaimOf(state);
  const bool claims =
      state.online && state.group == group_ && (device || node >= 0);
  if (const std::optional<int> held = NodeOf(agent)) {
    std::optional<Holder>& holder = holders_[static_cast<std::size_t>(*held)];
    if (!state.online && state.boot < holder->boot) return {.late = true};
    if (claims && state.boot == holder->boot && node == *held &&
        state.bundle_tag == bundle_.tag) {
      holder->doubted = false;
      if (holder->camera_up != state.camera_up) change.camera = held;
      holder->camera_up = state.camera_up;
      return change;
    }
    EndClaim(*held);
    change.gone = held;
  }
  if (!claims) return change;
  change.leave = Refusal(state, node);
  if (change.leave) return change;
  holders_[static_cast<std::size_t>(node)] =
      Holder{agent, state.boot, state.camera_up};
  change.came = node;
  return change;
}

Claims::Change Claims::OnStateDeleted(std::string_view agent) {
  const std::optional<int> held = NodeOf(agent);
  if (held) EndClaim(*held);
  return {.gone = held};
}

std::optional<Leave> Claims::Refusal(const AgentState& state, int node) const {
  if (state.bundle_tag != bundle_.tag) {
    return Leave{
        Error::kWrongBundle,
        fmt::format("group {} runs bundle {} (tag {:08x}), this agent "
                    "has tag {:08x}: give it the group's bundle",
                    group_, bundle_.name, bundle_.tag, state.bundle_tag)};
  }
  const int devices = bundle_.device_count();
  const bool device = state.tier == TierName(Tier::kDevice);
  if (device && (node < 0 || node >= devices)) {
    return Leave{
        Error::kUnknownDevice,
        fmt::format("group {} has devices 0 to {}, there is no device {}: "
                    "correct the key `place`",
                    group_, devices - 1, state.device)};
  }
  const auto& holder = holders_[static_cast<std::size_t>(node)];
  if (!holder) return std::nullopt;
  const std::string what = device ? fmt::format("device {}", state.device)
                                  : fmt::format("edge '{}'", state.place);
  return Leave{Error::kRefused,
               fmt::format("{} of group {} is agent {} already: stop it, or "
                           "correct the key `place`",
                           what, group_, holder->agent)};
}

std::optional<int> Claims::NodeOf(std::string_view agent) const {
  for (std::size_t i = 0; i < holders_.size(); ++i) {
    if (holders_[i] && holders_[i]->agent == agent) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::optional<int> Claims::LastNodeOf(std::string_view agent) const {
  if (const std::optional<int> held = NodeOf(agent)) return held;
  const auto place = std::ranges::find(former_, agent);
  if (agent.empty() || place == former_.end()) return std::nullopt;
  return static_cast<int>(place - former_.begin());
}

void Claims::EndClaim(int node) {
  const auto index = static_cast<std::size_t>(node);
  // An agent is remembered at one node at most.
  std::ranges::replace(former_, holders_[index]->agent, std::string());
  former_[index] = std::move(holders_[index]->agent);
  holders_[index].reset();
}

int Claims::count() const {
  return static_cast<int>(std::ranges::count_if(
      holders_, [](const auto& holder) { return holder.has_value(); }));
}

void Claims::DoubtAll() {
  for (auto& holder : holders_) {
    if (holder) holder->doubted = true;
  }
}

std::vector<int> Claims::DropDoubted() {
  std::vector<int> dropped;
  for (std::size_t i = 0; i < holders_.size(); ++i) {
    if (!holders_[i] || !holders_[i]->doubted) continue;
    dropped.push_back(static_cast<int>(i));
    EndClaim(dropped.back());
  }
  return dropped;
}

}  // namespace ddnn

#include "edge_agent/claims.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/nn/tier.h"

namespace ddnn {

Claims::Claims(std::string group, const Bundle& bundle)
    : group_(std::move(group)),
      bundle_(bundle),
      holders_(static_cast<std::size_t>(bundle.device_count())) {}

Claims::Change Claims::OnState(const std::string& agent,
                               const AgentState& state) {
  Change change;
  const bool claims = state.online && state.group == group_ &&
                      state.tier == TierName(Tier::kDevice);
  if (const std::optional<int> held = DeviceOf(agent)) {
    std::optional<Holder>& holder = holders_[static_cast<std::size_t>(*held)];
    if (state.boot < holder->boot) return change;
    if (claims && state.boot == holder->boot && state.device == *held &&
        state.bundle_tag == bundle_.tag) {
      holder->doubted = false;
      if (holder->camera_up != state.camera_up) change.camera = held;
      holder->camera_up = state.camera_up;
      return change;
    }
    holder.reset();
    change.gone = held;
  }
  if (!claims) return change;
  change.leave = Refusal(state);
  if (change.leave) return change;
  holders_[static_cast<std::size_t>(state.device)] =
      Holder{agent, state.boot, state.camera_up};
  change.came = state.device;
  return change;
}

Claims::Change Claims::OnStateDeleted(std::string_view agent) {
  const std::optional<int> held = DeviceOf(agent);
  if (held) holders_[static_cast<std::size_t>(*held)].reset();
  return {.gone = held};
}

std::optional<Leave> Claims::Refusal(const AgentState& state) const {
  if (state.bundle_tag != bundle_.tag) {
    return Leave{
        Error::kWrongBundle,
        fmt::format("group {} runs bundle {} (tag {:08x}), this agent "
                    "has tag {:08x}: give it the group's bundle",
                    group_, bundle_.name, bundle_.tag, state.bundle_tag)};
  }
  const int devices = bundle_.device_count();
  if (state.device < 0 || state.device >= devices) {
    return Leave{
        Error::kUnknownDevice,
        fmt::format("group {} has devices 0 to {}, there is no device {}: "
                    "correct the key `device`",
                    group_, devices - 1, state.device)};
  }
  const auto& holder = holders_[static_cast<std::size_t>(state.device)];
  if (holder) {
    return Leave{Error::kRefused,
                 fmt::format("device {} of group {} is agent {} already: stop "
                             "it, or correct the key `device`",
                             state.device, group_, holder->agent)};
  }
  return std::nullopt;
}

std::optional<int> Claims::DeviceOf(std::string_view agent) const {
  for (std::size_t i = 0; i < holders_.size(); ++i) {
    if (holders_[i] && holders_[i]->agent == agent) return static_cast<int>(i);
  }
  return std::nullopt;
}

bool Claims::complete() const {
  return count() == static_cast<int>(holders_.size());
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
    holders_[i].reset();
    dropped.push_back(static_cast<int>(i));
  }
  return dropped;
}

}  // namespace ddnn

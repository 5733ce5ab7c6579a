#include "bench/soak/faults.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace ddnn {
namespace {

using Action = FaultKind::Action;
using Role = Site::Role;

constexpr milliseconds kStopped{150};
constexpr milliseconds kGoing{50};
constexpr int kLossPercent = 5;
constexpr milliseconds kDelay{200};

constexpr auto kKinds = std::to_array<FaultKind>({
    {"device_killed", Action::kKill, Role::kDevice, milliseconds(1000)},
    {"device_frozen", Action::kFreeze, Role::kDevice, milliseconds(2000)},
    {"device_frozen_long", Action::kFreeze, Role::kDevice, milliseconds(6000)},
    {"device_slow", Action::kStall, Role::kDevice, milliseconds(4000)},
    {"devices_restarted", Action::kKillAll, Role::kDevice, milliseconds(1000)},
    {"edge_killed", Action::kKill, Role::kEdge, milliseconds(1000)},
    {"edge_restarted", Action::kRestart, Role::kEdge, milliseconds(0)},
    {"edge_frozen", Action::kFreeze, Role::kEdge, milliseconds(2000)},
    {"edge_flooded", Action::kFlood, Role::kEdge, milliseconds(3000)},
    {"edge_frozen_long", Action::kFreeze, Role::kEdge, milliseconds(6000)},
    {"edge_frozen_lease", Action::kFreeze, Role::kEdge, milliseconds(4000),
     true},
    {"edge_gone", Action::kKill, Role::kEdge, milliseconds(10'000), true},
    {"cloud_killed", Action::kKill, Role::kCloud, milliseconds(1000)},
    {"cloud_frozen", Action::kFreeze, Role::kCloud, milliseconds(2000)},
    {"cloud_frozen_long", Action::kFreeze, Role::kCloud, milliseconds(6000)},
    {"cloud_slow", Action::kStall, Role::kCloud, milliseconds(4000)},
    {"clouds_killed", Action::kKillAll, Role::kCloud, milliseconds(3000)},
    {"broker_killed", Action::kKill, Role::kBroker, milliseconds(1000)},
    {"broker_frozen", Action::kFreeze, Role::kBroker, milliseconds(2000)},
    {"broker_frozen_long", Action::kFreeze, Role::kBroker, milliseconds(6000)},
    {"link_cut", Action::kCut, Role::kDevice, milliseconds(1000)},
    {"link_cut_long", Action::kCut, Role::kDevice, milliseconds(10'000)},
    {"link_down", Action::kTakeDown, Role::kDevice, milliseconds(3000)},
    {"link_loss", Action::kLose, Role::kDevice, milliseconds(5000)},
    {"link_narrow", Action::kThrottle, Role::kDevice, milliseconds(5000)},
    {"link_delay", Action::kDelay, Role::kDevice, milliseconds(5000)},
    {"edge_link_cut", Action::kCut, Role::kEdge, milliseconds(1000)},
    {"edge_link_cut_long", Action::kCut, Role::kEdge, milliseconds(10'000)},
    {"edge_link_deaf", Action::kDeafen, Role::kEdge, milliseconds(4000)},
    {"cloud_link_cut", Action::kCut, Role::kCloud, milliseconds(1000)},
    {"cloud_link_cut_long", Action::kCut, Role::kCloud, milliseconds(10'000)},
    {"cloud_link_loss", Action::kLose, Role::kCloud, milliseconds(5000)},
});

Tier LinkOf(const FaultKind& kind) {
  if (kind.whom == Role::kEdge) return Tier::kEdge;
  return kind.whom == Role::kCloud ? Tier::kCloud : Tier::kDevice;
}

}  // namespace

std::span<const FaultKind> FaultKinds() { return kKinds; }

const FaultKind* FindFault(std::string_view name) {
  const auto* at = std::ranges::find(kKinds, name, &FaultKind::name);
  return at == kKinds.end() ? nullptr : at;
}

std::string Injector::Begin(const FaultKind& kind) {
  assert(kind_ == nullptr && (links_ != nullptr || !kind.needs_network()));
  kind_ = &kind;
  victims_ = VictimsOf(kind);
  for (const std::string& victim : victims_) Hurt(kind.action, victim);
  if (kind.action == Action::kFlood) flood_.emplace(site_.broker_url());
  const Tier link = LinkOf(kind);
  if (kind.action == Action::kCut) links_->Cut(link);
  if (kind.action == Action::kTakeDown) links_->TakeDown(link);
  if (kind.action == Action::kDeafen) links_->Deafen(link);
  if (kind.action == Action::kLose) links_->Lose(link, kLossPercent);
  if (kind.action == Action::kDelay) links_->Delay(link, kDelay);
  if (kind.action == Action::kThrottle) {
    links_->Throttle(
        link, std::max(8, static_cast<int>(need_bytes_per_s_ * 8 / 1000 / 10)));
  }
  return kind.needs_network() ? fmt::format("{} link", TierName(link))
                              : fmt::format("{}", fmt::join(victims_, " "));
}

std::vector<std::string> Injector::VictimsOf(const FaultKind& kind) {
  if (kind.needs_network()) return {};
  if (kind.whom == Role::kEdge) return {std::string(Site::kOwner)};
  std::vector<std::string> names = site_.NamesOf(kind.whom);
  if (kind.action == Action::kKillAll || names.size() == 1) return names;
  std::uniform_int_distribution<std::size_t> choice(0, names.size() - 1);
  return {names[choice(random_)]};
}

void Injector::Hurt(Action action, const std::string& victim) {
  if (action == Action::kFreeze || action == Action::kFlood) {
    site_.Freeze(victim);
  } else if (action == Action::kRestart) {
    site_.Stop(victim);
  } else if (action != Action::kStall) {
    site_.Kill(victim);
  }
}

void Injector::Go(Instant now) {
  if (flood_) flood_->Go(now);
  if (kind_ == nullptr || kind_->action != Action::kStall ||
      now < stall_until_) {
    return;
  }
  stalled_ = !stalled_;
  stall_until_ = now + (stalled_ ? kStopped : kGoing);
  for (const std::string& victim : victims_) {
    stalled_ ? site_.Freeze(victim) : site_.Thaw(victim);
  }
}

void Injector::End() {
  const FaultKind& kind = *std::exchange(kind_, nullptr);
  stalled_ = false;
  flood_.reset();
  for (const std::string& victim : victims_) {
    if (kind.action == Action::kFreeze || kind.action == Action::kFlood ||
        kind.action == Action::kStall) {
      site_.Thaw(victim);
    } else {
      site_.Restart(victim);
    }
  }
  if (kind.needs_network()) links_->Mend(LinkOf(kind));
}

}  // namespace ddnn

#include "edge_agent/presence.h"

#include <array>
#include <utility>

#include "core/nn/tier.h"

namespace ddnn {

Presence::Presence(const EdgeConfig& config, const Bundle& bundle,
                   const Place& place, Bus* bus, EdgeMetrics* metrics,
                   std::uint32_t boot)
    : topics_(config.site, config.agent),
      group_(config.group),
      place_(place.name),
      standby_(config.standby),
      tag_(bundle.tag),
      boot_(boot),
      bus_(bus),
      metrics_(*metrics),
      backlog_(bus, &counters_) {
  bus->SetWill(StateMessage(/*online=*/false));
}

OutgoingMessage Presence::StateMessage(bool online) const {
  AgentState state;
  state.online = online;
  state.tier = TierName(Tier::kEdge);
  state.group = group_;
  state.boot = boot_;
  state.bundle_tag = tag_;
  state.place = place_;
  state.standby = standby_;
  if (online) state.metrics = metrics_.address;
  return {.topic = topics_.State(),
          .payload = EncodeAgentState(state),
          .qos = Qos::kAtLeastOnce,
          .retain = true,
          .content_type = "application/json"};
}

void Presence::Reject(MessageKind kind, std::string_view reason) {
  ++counters_[RejectedCounter(kind, reason)];
}

void Presence::OnConnected() {
  metrics_.mqtt_connected.Set(1);
  SayHello();
  info_.Forget();
}

void Presence::OnDisconnected(const BusDisconnected& disconnected) {
  metrics_.mqtt_connected.Set(0);
  if (disconnected.final) GiveUp({disconnected.error, disconnected.reason});
}

void Presence::OnTime(Instant now, const Backlog* answers) {
  BusStats stats = bus_->stats();
  stats_notes_.Note(stats);
  const std::array<const Backlog*, 2> backlogs{&backlog_, answers};
  for (const Backlog* backlog : backlogs) {
    if (backlog == nullptr) continue;
    stats.queue_messages += backlog->size();
    stats.queue_bytes += backlog->payload_bytes();
  }
  metrics_.SetQueue(stats.queue_messages, stats.queue_bytes);
  metrics_.counters.Update(counters_);
  if (!moved_ || !info_.IsDue(now)) return;
  moved_ = false;
  SendInfo(info_.Due(counters_, now));
}

std::optional<Instant> Presence::NextDeadline() const {
  if (!moved_) return std::nullopt;
  return info_.next();
}

void Presence::Finish() {
  SendInfo(info_.Final(counters_));
  metrics_.counters.Update(counters_);
}

void Presence::SendInfo(const std::optional<std::string>& payload) {
  if (!payload) return;
  backlog_.Send({.topic = topics_.Info(),
                 .payload = *payload,
                 .qos = Qos::kAtLeastOnce,
                 .retain = true,
                 .content_type = "application/json"});
}

}  // namespace ddnn

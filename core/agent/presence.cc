#include "core/agent/presence.h"

#include "core/telemetry/counter_table.h"

namespace ddnn {
namespace {

OutgoingMessage RetainedJson(std::string topic, std::string payload) {
  return {.topic = std::move(topic),
          .payload = std::move(payload),
          .qos = Qos::kAtLeastOnce,
          .retain = true,
          .content_type = "application/json"};
}

}  // namespace

Presence::Presence(const AgentTopics& topics, AgentState self, Bus* bus,
                   AgentMetrics* metrics, Sink send)
    : topics_(topics),
      self_(std::move(self)),
      bus_(*bus),
      metrics_(*metrics),
      send_(std::move(send)) {
  bus_.SetWill(StateMessage(/*online=*/false));
}

OutgoingMessage Presence::StateMessage(bool online) const {
  AgentState state = self_;
  state.online = online;
  if (online) state.metrics = metrics_.address;
  return RetainedJson(topics_.State(), EncodeAgentState(state));
}

std::uint64_t Presence::CountRejected(MessageKind kind,
                                      std::string_view reason) {
  return counters_[RejectedCounter(kind, reason)]++;
}

void Presence::OnConnected() {
  connected_ = true;
  metrics_.mqtt_connected.Set(1);
  info_.Forget();
  SayHello();
}

void Presence::OnDisconnected(const BusDisconnected& disconnected) {
  connected_ = false;
  metrics_.mqtt_connected.Set(0);
  if (disconnected.final) GiveUp({disconnected.error, disconnected.reason});
}

void Presence::OnTime(Instant now, WaitingMessages also) {
  const BusStats stats = bus_.stats();
  stats_notes_.Note(stats);
  metrics_.SetQueue(stats.queue_messages + also.count,
                    stats.queue_bytes + also.payload_bytes);
  metrics_.counters.Update(counters_);
  if (!moved_ || !connected_ || !info_.IsDue(now)) return;
  moved_ = false;
  SendInfo(info_.Due(counters_, now));
}

std::optional<Instant> Presence::NextDeadline() const {
  if (!moved_ || !connected_) return std::nullopt;
  return info_.next();
}

void Presence::Finish() {
  stats_notes_.Note(bus_.stats());
  metrics_.counters.Update(counters_);
  SendInfo(info_.Final(counters_));
}

void Presence::SendInfo(const std::optional<std::string>& payload) {
  if (payload) send_(RetainedJson(topics_.Info(), *payload));
}

}  // namespace ddnn

#include "core/bus/bus.h"

namespace ddnn {
namespace {

std::size_t VariableIntegerBytes(std::size_t value) {
  std::size_t bytes = 1;
  for (; value >= 128; value /= 128) ++bytes;
  return bytes;
}

struct TrafficNames {
  std::string messages;
  std::string payload_bytes;
  std::string mqtt_bytes;
};

ByKind<TrafficNames> NamesOf(const std::string& direction) {
  ByKind<TrafficNames> names;
  for (std::size_t i = 0; i < kMessageKinds; ++i) {
    const std::string prefix =
        direction + "_" + std::string(Name(static_cast<MessageKind>(i))) + "_";
    names.values[i] = {prefix + "messages", prefix + "payload_bytes",
                       prefix + "mqtt_bytes"};
  }
  return names;
}

void Note(const ByKind<Traffic>& traffic, const ByKind<TrafficNames>& names,
          AgentCounters* counters) {
  for (std::size_t i = 0; i < kMessageKinds; ++i) {
    const Traffic& of_kind = traffic.values[i];
    if (of_kind.messages == 0) continue;
    (*counters)[names.values[i].messages] = of_kind.messages;
    (*counters)[names.values[i].payload_bytes] = of_kind.payload_bytes;
    (*counters)[names.values[i].mqtt_bytes] = of_kind.mqtt_bytes;
  }
}

}  // namespace

std::string_view Name(DisconnectCause cause) {
  switch (cause) {
    case DisconnectCause::kBroken:
      return "broken";
    case DisconnectCause::kClosedByBroker:
      return "closed_by_broker";
    case DisconnectCause::kNoAnswer:
      return "no_answer";
  }
  return {};
}

void NoteStats(const BusStats& stats, AgentCounters* counters) {
  static const ByKind<TrafficNames> sent_names = NamesOf("sent");
  static const ByKind<TrafficNames> received_names = NamesOf("received");
  Note(stats.sent, sent_names, counters);
  Note(stats.received, received_names, counters);
  for (std::size_t i = 0; i < kDisconnectCauses.size(); ++i) {
    if (stats.reconnects[i] == 0) continue;
    (*counters)["reconnects_" + std::string(Name(kDisconnectCauses[i]))] =
        stats.reconnects[i];
  }
  if (stats.expired > 0) (*counters)["unsent_expired"] = stats.expired;
  if (stats.refused > 0) (*counters)["unsent_refused"] = stats.refused;
}

void CountUnsent(Error error, AgentCounters* counters) {
  switch (error) {
    case Error::kQueueFull:
      ++(*counters)["unsent_queue_full"];
      return;
    case Error::kOversized:
      ++(*counters)["unsent_oversized"];
      return;
    default:
      ++(*counters)["unsent_offline"];
  }
}

std::size_t PublishPacketBytes(std::size_t topic_bytes,
                               std::size_t payload_bytes, Qos qos,
                               std::size_t property_bytes) {
  const std::size_t packet_id = qos == Qos::kAtMostOnce ? 0 : 2;
  const std::size_t remaining = 2 + topic_bytes + packet_id +
                                VariableIntegerBytes(property_bytes) +
                                property_bytes + payload_bytes;
  return 1 + VariableIntegerBytes(remaining) + remaining;
}

}  // namespace ddnn

#include "core/bus/bus.h"

namespace ddnn {
namespace {

std::size_t VariableIntegerBytes(std::size_t value) {
  std::size_t bytes = 1;
  for (; value >= 128; value /= 128) ++bytes;
  return bytes;
}

}  // namespace

std::string_view Name(DisconnectCause cause) {
  switch (cause) {
    case DisconnectCause::kBroken:
      return "broken";
    case DisconnectCause::kClosedByBroker:
      return "closed_by_broker";
  }
  return {};
}

void StatsNotes::Note(const BusStats& stats) {
  Note(stats.sent, "sent_", &sent_);
  Note(stats.received, "received_", &received_);
  for (std::size_t i = 0; i < kDisconnectCauses.size(); ++i) {
    if (stats.reconnects[i] == 0) continue;
    counters_["reconnects_" + std::string(Name(kDisconnectCauses[i]))] =
        stats.reconnects[i];
  }
  if (stats.expired > 0) counters_["unsent_expired"] = stats.expired;
  if (stats.refused > 0) counters_["unsent_refused"] = stats.refused;
}

void StatsNotes::Note(const ByKind<Traffic>& traffic, const char* direction,
                      ByKind<Place>* places) {
  for (std::size_t i = 0; i < kMessageKinds; ++i) {
    const Traffic& of_kind = traffic.values[i];
    if (of_kind.messages == 0) continue;
    Place& place = places->values[i];
    if (place.messages == nullptr) {
      const std::string prefix =
          direction + std::string(Name(static_cast<MessageKind>(i)));
      place = {&counters_[prefix + "_messages"],
               &counters_[prefix + "_payload_bytes"],
               &counters_[prefix + "_mqtt_bytes"]};
    }
    *place.messages = of_kind.messages;
    *place.payload_bytes = of_kind.payload_bytes;
    *place.mqtt_bytes = of_kind.mqtt_bytes;
  }
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

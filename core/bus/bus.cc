#include "core/bus/bus.h"

namespace ddnn {
namespace {

std::size_t VariableIntegerBytes(std::size_t value) {
  std::size_t bytes = 1;
  for (; value >= 128; value /= 128) ++bytes;
  return bytes;
}

}  // namespace

void NoteStats(const BusStats& stats, AgentCounters* counters) {
  (*counters)["reconnects"] = stats.reconnects;
  (*counters)["mqtt_messages"] = stats.published;
  (*counters)["mqtt_payload_bytes"] = stats.payload_bytes;
  (*counters)["mqtt_bytes"] = stats.mqtt_bytes;
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

#include "cli/device_bytes.h"

#include <string>

namespace ddnn {
namespace {

std::uint64_t CounterOf(const AgentCounters& counters,
                        const std::string& name) {
  const auto found = counters.find(name);
  return found == counters.end() ? 0 : found->second;
}

}  // namespace

DeviceBytes DeviceBytesIn(const AgentCounters& counters) {
  DeviceBytes bytes;
  for (const std::string kind : {"score", "feature", "offload"}) {
    bytes.payload_bytes +=
        CounterOf(counters, "sent_" + kind + "_payload_bytes");
    bytes.mqtt_bytes += CounterOf(counters, "sent_" + kind + "_mqtt_bytes");
  }
  return bytes;
}

}  // namespace ddnn

#pragma once

#include <cstdint>

#include "core/base/counters.h"

namespace ddnn {

/// What devices sent towards their edge: score, feature and offload messages.
struct DeviceBytes {
  std::uint64_t payload_bytes = 0;  ///< PUBLISH payloads
  std::uint64_t mqtt_bytes = 0;     ///< whole packets

  DeviceBytes& operator+=(const DeviceBytes& other) {
    payload_bytes += other.payload_bytes;
    mqtt_bytes += other.mqtt_bytes;
    return *this;
  }
};

/// \param counters  a device's, from its topic `info`.
DeviceBytes DeviceBytesIn(const AgentCounters& counters);

}  // namespace ddnn

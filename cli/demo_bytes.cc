#include "cli/demo_bytes.h"

#include <cstdint>

namespace ddnn {

void AddMeasuredBytes(const std::optional<DeviceBytes>& traffic,
                      const TierNetwork* network, int devices,
                      Summary* summary) {
  if (summary->samples == 0) return;
  const double device_samples = static_cast<double>(summary->samples) * devices;
  const auto each = [device_samples](std::uint64_t bytes) {
    return static_cast<double>(bytes) / device_samples;
  };
  if (traffic) {
    summary->payload_bytes = each(traffic->payload_bytes);
    summary->mqtt_bytes = each(traffic->mqtt_bytes);
  }
  if (network != nullptr) {
    summary->interface_bytes = each(network->InterfaceBytes(Tier::kDevice));
    summary->cloud_interface_bytes =
        each(network->InterfaceBytes(Tier::kCloud));
  }
}

}  // namespace ddnn

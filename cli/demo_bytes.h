#pragma once

#include <optional>

#include "cli/device_bytes.h"
#include "cli/summary.h"
#include "cli/tier_network.h"

namespace ddnn {

/// Adds to a demo's summary what its links carried, per device-sample; without
/// samples nothing.
/// \param traffic  what the devices say they sent; unknown = null there.
/// \param network  the tiers' links; null = the interfaces' bytes stay null.
void AddMeasuredBytes(const std::optional<DeviceBytes>& traffic,
                      const TierNetwork* network, int devices,
                      Summary* summary);

}  // namespace ddnn

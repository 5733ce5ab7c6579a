#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/nn/network.h"
#include "core/vision/view_source.h"
#include "device_agent/config.h"
#include "device_agent/offload_sender.h"

namespace ddnn {

/// What a device agent works with, as its configuration names it.
struct DeviceInputs {
  int device = 0;  ///< index in the group
  OffloadSender::Encoding offload{};
  std::unique_ptr<const Network> network;
  std::unique_ptr<ViewSource> source;
};

/// Finds the agent's place and opens the camera that the bundle names for it.
/// \param clock  borrowed; must outlive the source.
/// \return the source's failure: see OpenSource().
/// \throws ConfigError  as LoadPlacement() and OpenSource().
Result<DeviceInputs> LoadInputs(const DeviceConfig& config, const Clock& clock);

}  // namespace ddnn

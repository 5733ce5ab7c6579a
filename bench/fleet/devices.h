#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/fleet/ledger.h"
#include "bench/fleet/options.h"
#include "cli/demo_input.h"
#include "core/base/clock.h"
#include "core/bus/mqtt_config.h"
#include "core/nn/network.h"

namespace ddnn {

/// The devices of all groups in this process: each the agent that device_agent
/// runs, with threads, metrics and a connection of its own. They share the
/// network and the views.
/// Thread-safety: from one thread, but ended() from any.
class FleetDevices {
 public:
  /// Starts them all. All but `options`, `site` and `mqtt` are borrowed; the
  /// ledger hears of every view that is shown.
  FleetDevices(const FleetOptions& options, const std::string& site,
               const MqttConfig& mqtt, const Network& network,
               const DemoInput& input, const Clock& clock, Ledger* ledger);
  /// Stops them all, at the same time.
  ~FleetDevices();
  FleetDevices(const FleetDevices&) = delete;
  FleetDevices& operator=(const FleetDevices&) = delete;

  /// Lets no further view be seen; the devices stay connected.
  void EndViews();

  /// Devices that gave up by themselves.
  int ended() const { return ended_; }

 private:
  struct Device;

  std::atomic<int> ended_ = 0;  // before the devices, which count it up
  std::vector<std::unique_ptr<Device>> devices_;
};

}  // namespace ddnn

#pragma once

#include <atomic>
#include <cstdint>
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

  /// From this instant on, a little in the future, no device sees anything; all
  /// of a group agree on its last tick. They stay connected.
  void EndViews(Instant at);

  /// Devices that gave up by themselves.
  int ended() const { return ended_; }

 private:
  struct Device;

  Ledger* const ledger_;
  // Before the devices, which look at and count them.
  std::vector<std::atomic<std::int64_t>> ends_;  // tick by group, or kNoEnd
  std::atomic<int> ended_ = 0;
  std::vector<std::unique_ptr<Device>> devices_;
};

}  // namespace ddnn

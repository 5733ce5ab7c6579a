#pragma once

#include <array>
#include <string_view>

#include "core/base/counters.h"
#include "core/bus/bus.h"
#include "core/telemetry/counter_table.h"
#include "core/telemetry/registry.h"

namespace ddnn {

/// What Mosquitto says of itself below `$SYS`, as metrics `ddnn_broker_...`.
/// Thread-safety: none.
class BrokerStats {
 public:
  /// Adds the gauges; the counters are those of Counters().
  explicit BrokerStats(MetricsRegistry* registry);

  static CounterTable Counters();
  /// Call before bus->Start().
  static void Subscribe(Bus* bus);
  /// True for topics that Subscribe() asks for, and their like.
  static bool IsOne(std::string_view topic);

  /// \return false if it is none that Subscribe() asks for, or no number.
  bool Note(std::string_view topic, std::string_view payload,
            AgentCounters* counters);

 private:
  static constexpr std::size_t kGauges = 7;
  std::array<Gauge, kGauges> gauges_;
};

}  // namespace ddnn

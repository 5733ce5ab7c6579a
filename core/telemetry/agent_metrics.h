#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/telemetry/registry.h"

namespace ddnn {

/// Who an agent is, as its metrics tell.
struct AgentIdentity {
  std::string_view tier;    ///< "device", "edge", "cloud"
  std::string_view bundle;  ///< the bundle's name
  std::uint32_t tag = 0;    ///< the bundle's
};

/// What every agent measures; each adds its own. Needs no server.
struct AgentMetrics {
  /// \param table  with BusCounters() in it.
  AgentMetrics(const AgentIdentity& identity, CounterTable table);

  MetricsRegistry registry;
  CounterFeed counters;
  Gauge mqtt_connected;       ///< 1 or 0
  Gauge mqtt_queue_messages;  ///< that the broker has not acknowledged
  Gauge mqtt_queue_bytes;     ///< their payloads
  Gauge byte_budget;          ///< key metrics.byte_budget
  /// Sets both.
  void SetQueue(std::size_t messages, std::size_t bytes);

  /// HOST:PORT of /metrics, which the agent's state tells; empty = off.
  std::string address;
};

/// A series of ddnn_stage_duration_seconds; use it through a StageTimer.
Histogram AddStage(MetricsRegistry* registry, const std::string& stage);

}  // namespace ddnn

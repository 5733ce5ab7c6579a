#pragma once

#include <optional>

#include "core/nn/bundle.h"
#include "core/nn/sample.h"
#include "core/nn/tier.h"
#include "core/telemetry/agent_metrics.h"
#include "edge_agent/broker_stats.h"

namespace ddnn {

/// How the counters of an edge agent are called on /metrics.
CounterTable EdgeCounters();

/// The counter of results of this exit and status.
std::string ResultCounter(Tier exit, ResultStatus status);

/// What an edge agent measures; README.md lists the names.
struct EdgeMetrics : AgentMetrics {
  /// \param with_broker  also what the broker says of itself.
  explicit EdgeMetrics(const Bundle& bundle, bool with_broker = false);

  /// Latency by the exit that answered, eta at every exit on the way, views.
  void Observe(const SampleResult& result);

  Histogram wait_for_views;  ///< a tick's instant -> no more scores are awaited
  Histogram decide;          ///< what the logic makes of one event
  Histogram publish;         ///< what it led to, encoded and given to the bus
  PerExit<Histogram> latency;  ///< by exit
  PerExit<Histogram> entropy;  ///< by exit
  Histogram views;             ///< of an answered sample
  Gauge devices_alive;         ///< with an agent and a camera
  Gauge last_result;           ///< Unix time, s
  std::optional<BrokerStats> broker{};
};

}  // namespace ddnn

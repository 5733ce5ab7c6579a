#pragma once

#include "core/nn/bundle.h"
#include "core/telemetry/agent_metrics.h"

namespace ddnn {

/// How the counters of a cloud agent are called on /metrics.
CounterTable CloudCounters();

/// What a cloud agent measures; README.md lists the names.
struct CloudMetrics : AgentMetrics {
  explicit CloudMetrics(const Bundle& bundle);

  Histogram decide;   ///< the last section, one ask
  Histogram publish;  ///< one answer, encoded and given to the bus
};

}  // namespace ddnn

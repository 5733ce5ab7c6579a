#pragma once

#include "core/nn/bundle.h"
#include "core/telemetry/agent_metrics.h"

namespace ddnn {

/// How the counters of a device agent are called on /metrics.
CounterTable DeviceCounters();

/// What a device agent measures; README.md lists the names.
struct DeviceMetrics : AgentMetrics {
  explicit DeviceMetrics(const Bundle& bundle);

  Histogram view;     ///< a new frame's capture -> its views at hand
  Histogram infer;    ///< the device section, one view
  Histogram encode;   ///< one message
  Histogram publish;  ///< one message to the bus
  Gauge last_frame;
};

}  // namespace ddnn

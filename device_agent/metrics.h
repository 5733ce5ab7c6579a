#pragma once

#include "core/nn/bundle.h"
#include "core/telemetry/agent_metrics.h"

namespace ddnn {

/// How the counters of a device agent are called on /metrics.
CounterTable DeviceCounters();

/// What a device agent measures; README.md lists the names.
struct DeviceMetrics : AgentMetrics {
  explicit DeviceMetrics(const Bundle& bundle);

  Histogram capture;   ///< one image read; a camera's wait for it included
  Histogram view;      ///< a new frame's capture -> its views at hand
  Histogram infer;     ///< the device section, one view
  Histogram encode;    ///< one message
  Histogram publish;   ///< one message to the bus
  Gauge last_frame;    ///< Unix time, s
  Gauge camera_up;     ///< 1 or 0
  Gauge clock_offset;  ///< s, this clock minus the edge's
  Gauge clock_error;   ///< s
};

}  // namespace ddnn

#pragma once

#include <string>

#include "core/base/config.h"
#include "core/base/listen_address.h"

namespace ddnn {

/// Where an agent shows its metrics; the same `metrics.*` keys in every agent.
struct MetricsConfig {
  std::string listen;  ///< HOST:PORT; port 0 = any free one; empty = nowhere
  /// Bytes a second that the agent should send at most, for an alert; 0 = no
  /// budget. Nothing is held back.
  int byte_budget = 0;
};

/// Declares the keys `metrics.listen` and `metrics.byte_budget`.
void AddMetricsKeys(ConfigTable* table, MetricsConfig* config);

/// Where to listen.
/// \throws ConfigError  as ParseListenAddress(), also if it is empty.
ListenAddress ListenAddressOf(const MetricsConfig& config);

/// \throws ConfigError  as ListenAddressOf(), unless it is empty.
void CheckMetricsConfig(const MetricsConfig& config);

}  // namespace ddnn

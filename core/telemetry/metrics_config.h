#pragma once

#include <cstdint>
#include <string>

#include "core/base/config.h"

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

struct ListenAddress {
  std::string host;  ///< an address or "localhost"; IPv6 in brackets
  std::uint16_t port = 0;
};

/// Takes HOST:PORT apart.
/// \param key  where the operator gave it, for messages.
/// \throws ConfigError  naming the key, the form and the remedy.
ListenAddress ParseListenAddress(const std::string& listen,
                                 const std::string& key = "metrics.listen");

/// \throws ConfigError  as ParseListenAddress, unless it is empty.
void CheckMetricsConfig(const MetricsConfig& config);

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <string>

#include "core/base/config.h"

namespace ddnn {

/// Where an agent shows its metrics; the same `metrics.*` keys in every agent.
struct MetricsConfig {
  std::string listen;  ///< HOST:PORT; port 0 = any free one; empty = nowhere
};

/// Declares the key `metrics.listen`.
void AddMetricsKeys(ConfigTable* table, MetricsConfig* config);

struct ListenAddress {
  std::string host;  ///< an address or "localhost"; IPv6 in brackets
  std::uint16_t port = 0;
};

/// Takes HOST:PORT apart.
/// \throws ConfigError  naming `metrics.listen`, the form and the remedy.
ListenAddress ParseListenAddress(const std::string& listen);

/// \throws ConfigError  as ParseListenAddress, unless it is empty.
void CheckMetricsConfig(const MetricsConfig& config);

}  // namespace ddnn

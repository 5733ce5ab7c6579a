#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"
#include "core/base/log.h"
#include "core/bus/mqtt_config.h"
#include "core/nn/tree.h"
#include "core/telemetry/metrics_config.h"

namespace ddnn {

/// What the operator tells a cloud agent; README.md has the keys.
struct CloudConfig {
  std::string site;
  std::string agent;
  PlaceConfig part;
  MqttConfig mqtt;
  LogOptions log;
  std::filesystem::path state_dir;
  MetricsConfig metrics{.listen = "127.0.0.1:9130"};
  int queue = 1024;
};

/// Declares all keys; `config` is borrowed by the table.
void AddCloudKeys(ConfigTable* table, CloudConfig* config);

/// What no single key can tell.
/// \throws ConfigError  as CheckMqttConfig and CheckMetricsConfig.
void CheckCloudConfig(const CloudConfig& config);

}  // namespace ddnn

#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"
#include "core/base/log.h"
#include "core/bus/mqtt_config.h"
#include "core/nn/tree.h"
#include "core/telemetry/metrics_config.h"
#include "core/vision/source_config.h"

namespace ddnn {

/// What the operator tells a device agent; README.md has the keys.
struct DeviceConfig {
  std::string site;
  std::string group;
  std::string agent;
  PlaceConfig part;
  MqttConfig mqtt;
  LogOptions log;
  MetricsConfig metrics{.listen = "127.0.0.1:9110"};
  SourceConfig source;
  std::filesystem::path state_dir;
  int batch_ms = 0;
  int ring_ticks = 256;
  int preview_period_ms = 0;
};

/// Declares all keys; `config` is borrowed by the table.
void AddDeviceKeys(ConfigTable* table, DeviceConfig* config);

/// What no single key can tell.
/// \throws ConfigError  as CheckMqttConfig, CheckMetricsConfig and
///     CheckSourceConfig; a ring shorter than the window; pictures too
///     often.
void CheckDeviceConfig(const DeviceConfig& config);

}  // namespace ddnn

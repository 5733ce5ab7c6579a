#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"
#include "core/base/log.h"
#include "core/bus/mqtt_config.h"

namespace ddnn {

/// What the operator tells a device agent; README.md has the keys.
struct DeviceConfig {
  std::string site;
  std::string group;
  std::string agent;
  int device = 0;
  std::filesystem::path bundle;
  MqttConfig mqtt;
  LogOptions log;
  std::filesystem::path dataset_path;
  std::string dataset_split;  ///< "COLUMN:VALUE"; empty = every row
  int dataset_samples = 0;    ///< 0 = every sample once
  bool dataset_preload = false;
  int window = 16;
  int batch_ms = 0;
  int ring_ticks = 256;
};

/// Declares all keys; `config` is borrowed by the table.
void AddDeviceKeys(ConfigTable* table, DeviceConfig* config);

/// What no single key can tell.
/// \throws ConfigError  the split's form; a ring shorter than the window.
void CheckDeviceConfig(const DeviceConfig& config);

}  // namespace ddnn

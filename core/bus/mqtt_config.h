#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"

namespace ddnn {

/// How an agent reaches its broker; the same `mqtt.*` keys in every program.
struct MqttConfig {
  std::string url = "mqtt://127.0.0.1:1883";  ///< mqtt:// or mqtts://
  std::string user;
  std::filesystem::path password_file;  ///< its first line is the password
  std::filesystem::path ca_file;        ///< mqtts: the broker's CA
  std::filesystem::path cert_file;      ///< mqtts: our certificate
  std::filesystem::path key_file;       ///< mqtts: its key
  int keep_alive_s = 3;
};

/// Declares the keys `mqtt.url`, `mqtt.user`, ...
void AddMqttKeys(ConfigTable* table, MqttConfig* config);

}  // namespace ddnn

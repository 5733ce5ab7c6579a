#pragma once

#include <cstdint>
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

/// Where the broker is, as the URL says.
struct BrokerAddress {
  bool tls = false;
  std::string host;  ///< a name or an address; IPv6 in brackets
  std::uint16_t port = 0;
};

/// Takes `mqtt://HOST[:PORT]` or `mqtts://HOST[:PORT]` apart; the ports are
/// 1883 and 8883 where none is given.
/// \throws ConfigError  naming `mqtt.url`.
BrokerAddress ParseBrokerUrl(const std::string& url);

/// \return the first line of the password file; empty if none is configured.
/// \throws ConfigError  naming `mqtt.password_file`: not readable, or empty.
std::string ReadPassword(const MqttConfig& config);

/// Checks what the keys say together: that files are there, and only where
/// they have a meaning.
/// \throws ConfigError  naming the key.
void CheckMqttConfig(const MqttConfig& config);

}  // namespace ddnn

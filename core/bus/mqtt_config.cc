#include "core/bus/mqtt_config.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/base/file.h"

namespace ddnn {
namespace {

constexpr std::size_t kPasswordFileLimitBytes = 4096;
constexpr std::size_t kPemFileLimitBytes = 1 << 20;

ConfigError BadUrl(const std::string& url) {
  if (url.find('@') != std::string::npos) {  // not printed: a password
    return ConfigError(
        "mqtt.url: must hold no login; use mqtt.user and mqtt.password_file");
  }
  return ConfigError("mqtt.url = '" + url +
                     "': must be mqtt://HOST[:PORT], or mqtts://HOST[:PORT] "
                     "for TLS; PORT is 1 to 65535");
}

/// Splits "host", "host:1883", "[::1]" or "[::1]:1883".
bool SplitHostPort(std::string_view text, std::string_view* host,
                   std::string_view* port) {
  const std::size_t host_end = text.starts_with('[')
                                   ? text.find(']') + 1  // 0 if there is none
                                   : std::min(text.find(':'), text.size());
  *host = text.substr(0, host_end);
  const std::string_view rest = text.substr(host_end);
  if (host->empty() || (!rest.empty() && rest.front() != ':')) return false;
  *port = rest.substr(std::min<std::size_t>(1, rest.size()));
  return rest.empty() || !port->empty();
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

void CheckPem(const char* key, const std::filesystem::path& file, bool tls) {
  if (file.empty()) return;
  const std::string where = std::string(key) + " = '" + file.string() + "': ";
  if (!tls) {
    throw ConfigError(where +
                      "has no effect without TLS; write mqtts:// in "
                      "mqtt.url, or leave this key out");
  }
  const auto content = ReadFile(file, kPemFileLimitBytes);
  if (!content) throw ConfigError(where + content.message());
  if (content->find("-----BEGIN ") == std::string::npos) {
    throw ConfigError(where + "is not a PEM file");
  }
}

}  // namespace

void AddMqttKeys(ConfigTable* table, MqttConfig* config) {
  table->Text("mqtt.url", &config->url,
              "the broker: mqtt://HOST[:PORT], or mqtts:// for TLS");
  table->Text("mqtt.user", &config->user, "user name at the broker");
  table->Path("mqtt.password_file", &config->password_file,
              "its first line is the password");
  table->Path("mqtt.ca_file", &config->ca_file,
              "certificate of the broker's authority (PEM), for mqtts");
  table->Path("mqtt.cert_file", &config->cert_file,
              "this agent's certificate (PEM), for mqtts");
  table->Path("mqtt.key_file", &config->key_file,
              "key of that certificate (PEM), for mqtts");
  table->Integer("mqtt.keep_alive_s", &config->keep_alive_s, 1, 3600,
                 "the broker misses this agent after 1.5 times as long");
}

BrokerAddress ParseBrokerUrl(const std::string& url) {
  constexpr std::string_view kPlain = "mqtt://";
  constexpr std::string_view kTls = "mqtts://";
  BrokerAddress address;
  std::string_view rest = url;
  if (rest.starts_with(kTls)) {
    address.tls = true;
    address.port = 8883;
    rest.remove_prefix(kTls.size());
  } else if (rest.starts_with(kPlain)) {
    address.port = 1883;
    rest.remove_prefix(kPlain.size());
  } else {
    throw BadUrl(url);
  }

  std::string_view host;
  std::string_view port;
  if (!SplitHostPort(rest, &host, &port) ||
      host.find_first_of(std::string_view("/ @?#\0", 6)) !=
          std::string_view::npos) {
    throw BadUrl(url);
  }
  address.host = host;
  if (!port.empty()) {
    const auto number = ParsePort(port);
    if (!number) throw BadUrl(url);
    address.port = *number;
  }
  return address;
}

std::string ReadPassword(const MqttConfig& config) {
  if (config.password_file.empty()) return {};
  const std::string where =
      "mqtt.password_file = '" + config.password_file.string() + "': ";
  const auto content = ReadFile(config.password_file, kPasswordFileLimitBytes);
  if (!content) throw ConfigError(where + content.message());
  std::string password = content->substr(0, content->find_first_of("\r\n"));
  if (password.empty()) throw ConfigError(where + "its first line is empty");
  return password;
}

void CheckMqttConfig(const MqttConfig& config) {
  const BrokerAddress address = ParseBrokerUrl(config.url);
  if (!config.password_file.empty() && config.user.empty()) {
    throw ConfigError("mqtt.user: missing; mqtt.password_file needs it");
  }
  if (config.cert_file.empty() != config.key_file.empty()) {
    throw ConfigError(std::string(config.key_file.empty() ? "mqtt.key_file"
                                                          : "mqtt.cert_file") +
                      ": missing; a certificate and its key belong together");
  }
  CheckPem("mqtt.ca_file", config.ca_file, address.tls);
  CheckPem("mqtt.cert_file", config.cert_file, address.tls);
  CheckPem("mqtt.key_file", config.key_file, address.tls);
  (void)ReadPassword(config);
}

}  // namespace ddnn

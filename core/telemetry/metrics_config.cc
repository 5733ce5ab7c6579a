#include "core/telemetry/metrics_config.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <string_view>

namespace ddnn {
namespace {

constexpr const char* kMetricsListen = "metrics.listen";

bool IsHost(const std::string& host) {
  if (host == "localhost") return true;
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string inner = host.substr(1, host.size() - 2);
    return ::inet_pton(AF_INET6, inner.c_str(), address.data()) == 1;
  }
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1;
}

bool ReadPort(std::string_view text, std::uint16_t* port) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *port);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

void AddMetricsKeys(ConfigTable* table, MetricsConfig* config) {
  table->Text(kMetricsListen, &config->listen,
              "HOST:PORT of http /metrics; port 0 = any free; empty = off");
  table->Integer("metrics.byte_budget", &config->byte_budget, 0, 1'000'000'000,
                 "bytes/s that it should send at most, for an alert; 0 = none");
}

ListenAddress ParseListenAddress(const std::string& listen,
                                 const std::string& key) {
  const std::size_t colon = listen.rfind(':');
  ListenAddress address;
  if (colon != std::string::npos) {
    address.host = listen.substr(0, colon);
    const std::string_view port = std::string_view(listen).substr(colon + 1);
    // A zero byte would end the text for inet_pton only.
    if (listen.find('\0') == std::string::npos && IsHost(address.host) &&
        ReadPort(port, &address.port)) {
      return address;
    }
  }
  throw ConfigError(
      key + " = '" + listen +
      "': must be HOST:PORT, HOST an address of this machine (127.0.0.1, "
      "[::1]; 0.0.0.0 = all), PORT 0 to 65535 (0 = any free)" +
      (key == kMetricsListen ? "; or leave it empty (\"\") for no metrics"
                             : ""));
}

void CheckMetricsConfig(const MetricsConfig& config) {
  if (!config.listen.empty()) (void)ParseListenAddress(config.listen);
}

}  // namespace ddnn

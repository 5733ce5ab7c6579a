#include "core/telemetry/metrics_config.h"

namespace ddnn {
namespace {

constexpr const char* kMetricsListen = "metrics.listen";

}  // namespace

void AddMetricsKeys(ConfigTable* table, MetricsConfig* config) {
  table->Text(kMetricsListen, &config->listen,
              "HOST:PORT of http /metrics; port 0 = any free; empty = off");
  table->Integer("metrics.byte_budget", &config->byte_budget, 0, 1'000'000'000,
                 "bytes/s that it should send at most, for an alert; 0 = none");
}

ListenAddress ListenAddressOf(const MetricsConfig& config) {
  return ParseListenAddress(config.listen, kMetricsListen,
                            "; or leave it empty (\"\") for no metrics");
}

void CheckMetricsConfig(const MetricsConfig& config) {
  if (!config.listen.empty()) (void)ListenAddressOf(config);
}

}  // namespace ddnn

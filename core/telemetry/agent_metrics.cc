#include "core/telemetry/agent_metrics.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <utility>

namespace ddnn {
namespace {

// A view's section takes microseconds, a missing device most of a second.
constexpr std::array kStageSeconds{
    1e-6,   2.5e-6, 5e-6, 1e-5,  2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3,
    2.5e-3, 5e-3,   0.01, 0.025, 0.05,   0.1,  0.25, 0.5,    1.0,  2.5};
// Fine around 0.1 s, where people begin to notice.
constexpr std::array kLatencySeconds{0.001, 0.0025, 0.005, 0.01,  0.02, 0.035,
                                     0.05,  0.075,  0.1,   0.133, 0.2,  0.3,
                                     0.5,   1.0,    2.0,   5.0};
constexpr std::array kEntropies{0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4,
                                0.5,  0.6,  0.7,  0.8, 0.9, 1.0};

void AddInfo(MetricsRegistry* registry, const AgentIdentity& identity) {
  registry
      ->AddGauge("ddnn_build_info", "1, with the program's version.",
                 {{"version", DDNN_VERSION}})
      .Set(1);
  registry
      ->AddGauge("ddnn_bundle_info", "1, with the network that runs.",
                 {{"bundle", std::string(identity.bundle)},
                  {"tier", std::string(identity.tier)},
                  {"hash", fmt::format("{:08x}", identity.tag)}})
      .Set(1);
}

MetricLabels AtExit(std::string_view exit) {
  return {{"exit", std::string(exit)}};
}

}  // namespace

AgentMetrics::AgentMetrics(const AgentIdentity& identity, CounterTable table)
    : counters(registry.AddCounters(Joined(std::move(table), BusCounters()))),
      mqtt_connected(registry.AddGauge("ddnn_mqtt_connected",
                                       "1 while the broker is there.")) {
  AddInfo(&registry, identity);
}

Histogram AddStage(MetricsRegistry* registry, const std::string& stage) {
  return registry->AddHistogram("ddnn_stage_duration_seconds",
                                "Time that a stage of a sample's way took.",
                                kStageSeconds, {{"stage", stage}});
}

Histogram AddSampleLatency(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddHistogram(
      "ddnn_sample_latency_seconds",
      "From a sample's tick (unpaced: its first score) to its result.",
      kLatencySeconds, AtExit(exit));
}

Histogram AddExitEntropy(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddHistogram(
      "ddnn_exit_entropy",
      "Normalised entropy eta of the samples that reached an exit.", kEntropies,
      AtExit(exit));
}

Gauge AddExitThreshold(MetricsRegistry* registry, std::string_view exit) {
  return registry->AddGauge(
      "ddnn_exit_threshold",
      "A sample leaves at an exit if eta is at most this.", AtExit(exit));
}

Gauge AddLastFrame(MetricsRegistry* registry) {
  return registry->AddGauge("ddnn_last_frame_timestamp_seconds",
                            "Unix time of the camera's newest frame.");
}

}  // namespace ddnn

#include "core/telemetry/agent_metrics.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <utility>

#include "commit.h"

namespace ddnn {
namespace {

// A view's section takes microseconds, a missing device most of a second.
constexpr std::array kStageSeconds{
    1e-6,   2.5e-6, 5e-6, 1e-5,  2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3,
    2.5e-3, 5e-3,   0.01, 0.025, 0.05,   0.1,  0.25, 0.5,    1.0,  2.5};

void AddInfo(MetricsRegistry* registry, const AgentIdentity& identity) {
  registry
      ->AddGauge("ddnn_build_info",
                 "1, with the program's version and the commit that it was "
                 "built from.",
                 {{"version", DDNN_VERSION}, {"commit", DDNN_COMMIT}})
      .Set(1);
  registry
      ->AddGauge("ddnn_bundle_info", "1, with the network that runs.",
                 {{"bundle", std::string(identity.bundle)},
                  {"tier", std::string(identity.tier)},
                  {"hash", fmt::format("{:08x}", identity.tag)}})
      .Set(1);
}

}  // namespace

AgentMetrics::AgentMetrics(const AgentIdentity& identity, CounterTable table)
    : counters(registry.AddCounters(std::move(table))),
      mqtt_connected(registry.AddGauge("ddnn_mqtt_connected",
                                       "1 while the broker is there.")),
      mqtt_queue_messages(registry.AddGauge(
          "ddnn_mqtt_queue_messages",
          "Messages of QoS 1 that the broker has not acknowledged.")),
      mqtt_queue_bytes(registry.AddGauge(
          "ddnn_mqtt_queue_bytes",
          "Payloads of the messages that the broker has not acknowledged.")),
      byte_budget(registry.AddGauge(
          "ddnn_byte_budget_bytes_per_second",
          "What the operator lets the agent send; 0 = no budget.")) {
  AddInfo(&registry, identity);
}

void AgentMetrics::SetQueue(std::size_t messages, std::size_t bytes) {
  mqtt_queue_messages.Set(static_cast<double>(messages));
  mqtt_queue_bytes.Set(static_cast<double>(bytes));
}

Histogram AddStage(MetricsRegistry* registry, const std::string& stage) {
  return registry->AddHistogram("ddnn_stage_duration_seconds",
                                "Time that a stage of a sample's way took.",
                                kStageSeconds, {{"stage", stage}});
}

}  // namespace ddnn

#include "device_agent/config.h"

#include <spdlog/fmt/fmt.h>

#include "core/base/boot_counter.h"
#include "core/base/program.h"

namespace ddnn {
namespace {

constexpr int kShortestPreviewMs = 200;

}  // namespace

void AddDeviceKeys(ConfigTable* table, DeviceConfig* config) {
  table->Id("site", &config->site, "the site, whose broker this is").Required();
  table->Id("group", &config->group, "the group this camera belongs to")
      .Required();
  table->Id("agent", &config->agent, "this agent's id, unique at the broker")
      .Required();
  AddPlaceKeys(table, Tier::kDevice, &config->part);
  AddMqttKeys(table, &config->mqtt);
  AddLogKeys(table, &config->log);
  AddMetricsKeys(table, &config->metrics);
  AddStateDirKey(table, &config->state_dir);
  AddSourceKeys(table, &config->source);
  table->Integer("batch_ms", &config->batch_ms, 0, 10'000,
                 "scores of this time travel in one message; 0 = one a tick");
  table->Integer("ring.ticks", &config->ring_ticks, 1, 65'536,
                 "undecided ticks whose feature maps are kept at most");
  table->Integer("preview.period_ms", &config->preview_period_ms, 0, 3'600'000,
                 "a picture of a view leaves the device at most this often; "
                 "0 = never, else at least 200");
}

void CheckDeviceConfig(const DeviceConfig& config) {
  if (config.preview_period_ms > 0 &&
      config.preview_period_ms < kShortestPreviewMs) {
    throw ConfigError(fmt::format(
        "preview.period_ms = {}: must be 0 (no pictures leave), or at least {}",
        config.preview_period_ms, kShortestPreviewMs));
  }
  CheckMqttConfig(config.mqtt);
  CheckMetricsConfig(config.metrics);
  CheckSourceConfig(config.source);
  if (config.ring_ticks < config.source.window) {
    throw ConfigError(fmt::format(
        "ring.ticks = {}: must be at least window = {}, or maps are forgotten "
        "before the edge can ask for them",
        config.ring_ticks, config.source.window));
  }
}

}  // namespace ddnn

#include "device_agent/config.h"

#include <spdlog/fmt/fmt.h>

#include "core/base/program.h"
#include "core/nn/bundle.h"
#include "core/vision/dataset.h"

namespace ddnn {

void AddDeviceKeys(ConfigTable* table, DeviceConfig* config) {
  table->Id("site", &config->site, "the site, whose broker this is").Required();
  table->Id("group", &config->group, "the group this camera belongs to")
      .Required();
  table->Id("agent", &config->agent, "this agent's id, unique at the broker")
      .Required();
  table
      ->Integer("device", &config->device, 0, kMaxDevices - 1,
                "index in the group; the bundle names its camera")
      .Required();
  table->Path("bundle", &config->bundle, "the group's trained network")
      .Required();
  AddMqttKeys(table, &config->mqtt);
  AddLogKeys(table, &config->log);
  table
      ->Path("dataset.path", &config->dataset_path,
             "folder of the data set to replay")
      .Required();
  table->Text("dataset.split", &config->dataset_split,
              "rows to replay, COLUMN:VALUE; empty = every row");
  table->Integer("dataset.samples", &config->dataset_samples, 0, 100'000'000,
                 "the first so many samples, from the start again when there "
                 "are fewer; 0 = every sample once");
  table->Bool("dataset.preload", &config->dataset_preload,
              "read and cut every view at the start, and keep it");
  table->Integer("window", &config->window, 1, 256,
                 "unpaced: ticks ahead of the edge's watermark at most");
  table->Integer("batch_ms", &config->batch_ms, 0, 10'000,
                 "scores of this time travel in one message; 0 = one a tick");
  table->Integer("ring.ticks", &config->ring_ticks, 1, 65'536,
                 "undecided ticks whose feature maps are kept at most");
}

void CheckDeviceConfig(const DeviceConfig& config) {
  if (!config.dataset_split.empty()) {
    const auto split = ParseSplit(config.dataset_split);
    if (!split) throw ConfigError("dataset.split: " + split.message());
  }
  if (config.ring_ticks < config.window) {
    throw ConfigError(fmt::format(
        "ring.ticks = {}: must be at least window = {}, or maps are forgotten "
        "before the edge can ask for them",
        config.ring_ticks, config.window));
  }
}

}  // namespace ddnn

#include "core/vision/source_config.h"

#include "core/vision/dataset.h"

namespace ddnn {

void AddSourceKeys(ConfigTable* table, SourceConfig* config) {
  table->Choice("source.kind", &config->kind, {"dataset", "street"},
                "where the views come from");
  table->Path("source.path", &config->path,
              "dataset: folder of the data set to replay");
  table->Text("source.split", &config->split,
              "dataset: rows to replay, COLUMN:VALUE; empty = every row");
  table->Integer("source.samples", &config->samples, 0, 100'000'000,
                 "dataset, street: the first so many samples, from the start "
                 "again when there are fewer; 0 = every sample once; a street "
                 "has no end");
  table->Bool("source.preload", &config->preload,
              "dataset, street: cut every view at the start, and keep it");
  table->Integer("source.seed", &config->seed, 0, kMaxStreetSeed,
                 "street: the traffic; the same for the whole group");
  table->Integer("window", &config->window, 1, 256,
                 "unpaced: ticks ahead of the edge's watermark at most");
}

void CheckSourceConfig(const SourceConfig& config) {
  if (config.kind == "street") {
    if (config.preload && config.samples == 0) {
      throw ConfigError(
          "source.preload = true: a street has no end; set source.samples too");
    }
    return;
  }
  if (config.path.empty()) {
    throw ConfigError("source.path: missing; source.kind = " + config.kind +
                      " needs it");
  }
  if (!config.split.empty()) {
    const auto split = ParseSplit(config.split);
    if (!split) throw ConfigError("source.split: " + split.message());
  }
}

}  // namespace ddnn

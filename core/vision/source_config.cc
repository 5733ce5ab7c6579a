#include "core/vision/source_config.h"

#include "core/vision/dataset.h"

namespace ddnn {

void AddSourceKeys(ConfigTable* table, SourceConfig* config) {
  table->Choice("source.kind", &config->kind, {"dataset"},
                "where the views come from");
  table->Path("source.path", &config->path, "folder of the data set to replay");
  table->Text("source.split", &config->split,
              "dataset: rows to replay, COLUMN:VALUE; empty = every row");
  table->Integer("source.samples", &config->samples, 0, 100'000'000,
                 "dataset: the first so many samples, from the start again "
                 "when there are fewer; 0 = every sample once");
  table->Bool("source.preload", &config->preload,
              "dataset: read and cut every view at the start, and keep it");
  table->Integer("window", &config->window, 1, 256,
                 "unpaced: ticks ahead of the edge's watermark at most");
}

void CheckSourceConfig(const SourceConfig& config) {
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

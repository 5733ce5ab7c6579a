#include "cloud_agent/config.h"

#include "core/base/boot_counter.h"
#include "core/base/program.h"

namespace ddnn {

void AddCloudKeys(ConfigTable* table, CloudConfig* config) {
  table
      ->Id("site", &config->site,
           "where this agent's state appears; it answers every site")
      .Required();
  table->Id("agent", &config->agent, "this agent's id, unique at the broker")
      .Required();
  AddPlaceKeys(table, Tier::kCloud, &config->part);
  AddMqttKeys(table, &config->mqtt);
  AddLogKeys(table, &config->log);
  AddMetricsKeys(table, &config->metrics);
  AddStateDirKey(table, &config->state_dir);
  table->Integer("queue", &config->queue, 1, 4096,
                 "asks that wait at most; more are dropped and counted");
}

void CheckCloudConfig(const CloudConfig& config) {
  CheckMqttConfig(config.mqtt);
  CheckMetricsConfig(config.metrics);
}

}  // namespace ddnn

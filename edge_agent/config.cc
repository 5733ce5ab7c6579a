#include "edge_agent/config.h"

#include <cstddef>

#include "core/base/boot_counter.h"
#include "core/base/program.h"
#include "core/fusion/branch.h"
#include "core/nn/tier.h"

namespace ddnn {
namespace {

constexpr int kMaxDeadlineMs = 600'000;

}  // namespace

void AddEdgeKeys(ConfigTable* table, EdgeConfig* config) {
  table->Id("site", &config->site, "the site, whose broker this is").Required();
  table->Id("agent", &config->agent, "this agent's id, unique at the broker")
      .Required();
  table->Id("group", &config->group, "the group it belongs to").Required();
  AddPlaceKeys(table, Tier::kEdge, &config->part);
  AddMqttKeys(table, &config->mqtt);
  AddLogKeys(table, &config->log);
  AddMetricsKeys(table, &config->metrics);
  AddStateDirKey(table, &config->state_dir);
  table->Bool("broker_metrics", &config->broker_metrics,
              "metrics also of what Mosquitto says of itself, below $SYS");
  table->Bool("standby", &config->standby,
              "leads the group only while no other edge agent does");
  table->Number("ticks_per_s", &config->ticks_per_s, 0, 1000,
                "pace of the group; 0 = as fast as answers come");
  table->Integer("open_after_ms", &config->open_after_ms, 0, kMaxDeadlineMs,
                 "the group opens without the devices that are missing then");
  table->Integer("deadlines.scores_ms", &config->scores_ms, 1, kMaxDeadlineMs,
                 "a tick is decided without the silent after this");
  table->Integer("deadlines.maps_ms", &config->maps_ms, 1, kMaxDeadlineMs,
                 "sections run on the maps that came until then");
  table->Integer("deadlines.cloud_ms", &config->cloud_ms, 1, kMaxDeadlineMs,
                 "then the deepest exit reached answers for the cloud");
  table->Integer("ask_again_ms", &config->ask_again_ms, 1, kMaxDeadlineMs,
                 "a request for maps is repeated after this");
  table->Integer("offer_again_ms", &config->offer_again_ms, 1, kMaxDeadlineMs,
                 "a sample is offered to the cloud again after this");
  table->Integer("batch_ms", &config->batch_ms, 0, 10'000,
                 "requests for maps of this time travel in one message");
  table->Integer("max_samples", &config->max_samples, 1, 65536,
                 "samples that wait for maps or the cloud at most");
}

void CheckEdgeConfig(const EdgeConfig& config) {
  CheckMqttConfig(config.mqtt);
  CheckMetricsConfig(config.metrics);
  if (config.scores_ms <= config.maps_ms && config.maps_ms <= config.cloud_ms) {
    return;
  }
  throw ConfigError(
      "deadlines: scores_ms = " + std::to_string(config.scores_ms) +
      ", maps_ms = " + std::to_string(config.maps_ms) +
      ", cloud_ms = " + std::to_string(config.cloud_ms) +
      ": all count from the tick's instant, so none may be shorter than the "
      "one before it");
}

void CheckBranchTime(const EdgeConfig& config, const Tree& tree) {
  if (tree.PlacesOf(Tier::kEdge).size() < 2) return;
  const int until = static_cast<int>(config.maps_ms * kBranchShare);
  if (config.scores_ms + config.batch_ms < until) return;
  throw ConfigError(
      "deadlines: scores_ms = " + std::to_string(config.scores_ms) +
      ", batch_ms = " + std::to_string(config.batch_ms) +
      ", maps_ms = " + std::to_string(config.maps_ms) +
      ": the tree has several edges, and those that do not lead wait for maps "
      "until 3/5 of maps_ms alone, here " +
      std::to_string(until) +
      " ms: scores_ms + batch_ms must be less; lower them or raise maps_ms");
}

void CheckBrokerMetrics(const EdgeConfig& config, const Placement& placement) {
  if (!config.broker_metrics ||
      placement.place.name == placement.tree.Lead().name) {
    return;
  }
  throw ConfigError("broker_metrics = true: place " + placement.place.name +
                    " does not lead the group, and only the lead (" +
                    placement.tree.Lead().name +
                    ") tells of the broker: leave the key out here");
}

void CheckStandby(const EdgeConfig& config, const Placement& placement) {
  const std::string& lead = placement.tree.Lead().name;
  if (!config.standby || placement.place.name == lead) return;
  throw ConfigError("standby = true: place " + placement.place.name +
                    " does not lead the group, and only the lead (" + lead +
                    ") can have standbys: leave the key out here");
}

CoordinatorOptions MakeCoordinatorOptions(const EdgeConfig& config,
                                          const TickSchedule& schedule) {
  CoordinatorOptions options;
  options.schedule = schedule;
  options.scores_deadline = milliseconds(config.scores_ms);
  options.maps_deadline = milliseconds(config.maps_ms);
  options.cloud_deadline = milliseconds(config.cloud_ms);
  options.ask_again = milliseconds(config.ask_again_ms + config.batch_ms);
  options.offer_again = milliseconds(config.offer_again_ms);
  options.max_samples = static_cast<std::size_t>(config.max_samples);
  return options;
}

}  // namespace ddnn

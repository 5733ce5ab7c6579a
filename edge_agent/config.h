#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"
#include "core/base/log.h"
#include "core/bus/mqtt_config.h"
#include "core/fusion/coordinator.h"
#include "core/nn/tree.h"
#include "core/telemetry/metrics_config.h"

namespace ddnn {

/// What the operator tells an edge agent; README.md has the keys.
struct EdgeConfig {
  std::string site;
  std::string agent;
  std::string group;
  PlaceConfig part;
  MqttConfig mqtt;
  LogOptions log;
  std::filesystem::path state_dir;
  MetricsConfig metrics{.listen = "127.0.0.1:9120"};
  double ticks_per_s = 0;
  int open_after_ms = 5000;
  int scores_ms = 500;
  int maps_ms = 1000;
  int cloud_ms = 2000;
  int ask_again_ms = 200;
  int batch_ms = 0;
  int offer_again_ms = 700;
  int max_samples = 4096;
  bool broker_metrics = false;
  bool standby = false;
};

/// Declares all keys; `config` is borrowed by the table.
void AddEdgeKeys(ConfigTable* table, EdgeConfig* config);

/// What no single key can tell.
/// \throws ConfigError  as CheckMqttConfig and CheckMetricsConfig; deadlines
///     that are not in the order of the stages.
void CheckEdgeConfig(const EdgeConfig& config);

/// What the tree adds: where it has branches, the lead must ask for maps before
/// their own deadline.
/// \throws ConfigError  if scores_ms and batch_ms leave a branch no time.
void CheckBranchTime(const EdgeConfig& config, const Tree& tree);

/// One agent of a group tells of the broker.
/// \throws ConfigError  if broker_metrics is set for an edge that does not
/// lead.
void CheckBrokerMetrics(const EdgeConfig& config, const Placement& placement);

/// A place has one lead, and standbys of it.
/// \throws ConfigError  if standby is set for an edge that does not lead.
void CheckStandby(const EdgeConfig& config, const Placement& placement);

/// The coordinator's share of the configuration.
CoordinatorOptions MakeCoordinatorOptions(const EdgeConfig& config,
                                          const TickSchedule& schedule);

}  // namespace ddnn

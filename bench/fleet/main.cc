#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "bench/fleet/fleet.h"
#include "cli/command.h"
#include "core/base/config.h"
#include "core/base/exit_code.h"
#include "core/base/log.h"

namespace ddnn {
namespace {

void AddOptions(CLI::App* app, FleetOptions* options) {
  app->set_version_flag("--version", "fleet_bench " DDNN_VERSION);
  app->add_option("--groups", options->groups,
                  "groups, each with an edge agent and the bundle's devices")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app->add_option("--rate", options->ticks_per_s, "ticks a second of each")
      ->check(CLI::Range(0.1, 100.0))
      ->capture_default_str();
  app->add_option("--seconds", options->seconds, "how long it measures")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app->add_option("--warm-up", options->warm_up_s,
                  "seconds of the same load before that")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  app->add_option("--bundle", options->bundle,
                  "network with one edge at most (default: the shipped one of "
                  "hierarchy c)");
  app->add_option("--dataset", options->dataset,
                  "folder of a data set (default: the simulated street)");
  app->add_option("--split", options->split,
                  "rows to show: COLUMN:VALUE of splits.csv, e.g. time:test "
                  "(default: all)");
  // Below the edge agents' deadline for scores.
  app->add_option("--batch-ms", options->batch_ms,
                  "scores of this time travel in one message; 0 = one a tick")
      ->check(CLI::Range(0, 400))
      ->capture_default_str();
  app->add_option("--cloud-agents", options->cloud_agents, "cloud agents")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app->add_option("--url", options->url,
                  "a broker without login that nobody else uses (default: one "
                  "of its own)");
  app->add_option("--json", options->json, "write the figures here");
}

int Main(int argc, char** argv) {
  InitLog({.level = "warning", .format = "text", .name = "fleet_bench"});
  CLI::App app(
      "Load and latency of many groups: real agents, all devices in this "
      "process",
      "fleet_bench");
  FleetOptions options;
  AddOptions(&app, &options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kExitOk : kExitUsage;
  }
  try {
    return RunFleet(options);
  } catch (const CommandError& e) {
    std::cerr << "fleet_bench: " << e.what() << '\n';
    return e.code();
  } catch (const ConfigError& e) {
    std::cerr << "fleet_bench: " << e.what() << '\n';
    return kExitConfig;
  } catch (const std::exception& e) {
    std::cerr << "fleet_bench: internal error: " << e.what() << '\n';
    return kExitSoftware;
  }
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) try {
  return ddnn::Main(argc, argv);
} catch (const std::exception& e) {  // before or while the line is read
  std::fprintf(stderr, "fleet_bench: internal error: %s\n", e.what());
  return ddnn::kExitSoftware;
}

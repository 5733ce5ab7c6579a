#include "bench/fleet/fleet.h"
#include "cli/run_command.h"

namespace ddnn {
namespace {

void AddOptions(CLI::App* app, FleetOptions* options) {
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

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::FleetOptions options;
  return ddnn::RunCommandProgram(
      {.name = "fleet_bench",
       .purpose = "Load and latency of many groups: real agents, all devices "
                  "in this process",
       .add_options = [&](CLI::App* app) { ddnn::AddOptions(app, &options); },
       .run = [&] { return ddnn::RunFleet(options); }},
      argc, argv);
}

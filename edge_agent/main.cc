#include <iostream>
#include <memory>
#include <utility>

#include "core/base/clock.h"
#include "core/base/exit_code.h"
#include "core/base/program.h"
#include "core/bus/paho_bus.h"
#include "core/telemetry/metrics_server.h"
#include "edge_agent/config.h"
#include "edge_agent/edge_agent.h"

namespace ddnn {
namespace {

/// Of an agent that gave up.
int ExitCodeOf(Error why) {
  switch (why) {
    case Error::kRefused:
      return kExitRefused;
    case Error::kWrongBundle:
      return kExitProtocol;
    default:
      return kExitUnavailable;
  }
}

int Run(EdgeConfig& config, StopSignal& stop) {
  config.log.name = config.agent;
  InitLog(config.log);
  const SystemClock clock;
  Placement placement = LoadPlacement(config.part, Tier::kEdge);
  CheckBranchTime(config, placement.tree);
  CheckBrokerMetrics(config, placement);
  CheckStandby(config, placement);
  const auto network =
      std::make_shared<const Network>(std::move(placement.bundle));
  EdgeMetrics metrics(network->bundle(), config.broker_metrics);
  const auto server = ServeMetrics(config.metrics, &metrics);
  if (!server) {
    std::cerr << "edge_agent: " << server.message() << '\n';
    return kExitUnavailable;
  }
  EdgeAgent agent(config, network, placement.tree, placement.place.name,
                  MakePahoBus(config.mqtt, config.agent), &metrics, clock);
  agent.Start([&stop] { stop.Notify(); });
  stop.Wait();
  agent.Stop();
  if (!agent.gave_up()) return kExitOk;
  std::cerr << "edge_agent: " << agent.gave_up()->message << '\n';
  return ExitCodeOf(agent.gave_up()->error);
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::StopSignal stop;
  ddnn::EdgeConfig config;
  ddnn::ConfigTable table;
  ddnn::AddEdgeKeys(&table, &config);
  return ddnn::RunProgram(
      {.name = "edge_agent",
       .purpose = "Decides for a group of cameras: gathers scores, takes the "
                  "local and edge exits, hands on to the cloud.",
       .table = &table,
       .check = [&] { ddnn::CheckEdgeConfig(config); },
       .run = [&] { return ddnn::Run(config, stop); }},
      argc, argv);
}

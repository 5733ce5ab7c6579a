#include <iostream>
#include <memory>
#include <utility>

#include "cloud_agent/cloud_agent.h"
#include "cloud_agent/config.h"
#include "core/base/clock.h"
#include "core/base/exit_code.h"
#include "core/base/program.h"
#include "core/bus/paho_bus.h"
#include "core/telemetry/metrics_server.h"

namespace ddnn {
namespace {

int Run(CloudConfig& config, StopSignal& stop) {
  config.log.name = config.agent;
  InitLog(config.log);
  const SystemClock clock;
  Placement placement = LoadPlacement(config.part, Tier::kCloud);
  const auto network =
      std::make_shared<const Network>(std::move(placement.bundle));
  CloudMetrics metrics(network->bundle());
  const auto server = ServeMetrics(config.metrics, &metrics);
  if (!server) {
    std::cerr << "cloud_agent: " << server.message() << '\n';
    return kExitUnavailable;
  }
  CloudAgent agent(config, network, MakePahoBus(config.mqtt, config.agent),
                   &metrics, clock, placement.tree.offload());
  agent.Start([&stop] { stop.Notify(); });
  stop.Wait();
  agent.Stop();
  if (!agent.gave_up()) return kExitOk;
  std::cerr << "cloud_agent: " << agent.gave_up()->message << '\n';
  return agent.gave_up()->error == Error::kRefused ? kExitRefused
                                                   : kExitUnavailable;
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::StopSignal stop;
  ddnn::CloudConfig config;
  ddnn::ConfigTable table;
  ddnn::AddCloudKeys(&table, &config);
  return ddnn::RunProgram(
      {.name = "cloud_agent",
       .purpose = "Runs the last section of the network for samples that no "
                  "earlier exit was sure of; always answers.",
       .table = &table,
       .check = [&] { ddnn::CheckCloudConfig(config); },
       .run = [&] { return ddnn::Run(config, stop); }},
      argc, argv);
}

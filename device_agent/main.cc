#include <iostream>

#include "core/base/boot_counter.h"
#include "core/base/exit_code.h"
#include "core/base/program.h"
#include "core/bus/paho_bus.h"
#include "core/telemetry/metrics_server.h"
#include "device_agent/config.h"
#include "device_agent/device_agent.h"
#include "device_agent/edge_clock.h"
#include "device_agent/inputs.h"

namespace ddnn {
namespace {

DeviceOptions OptionsOf(const DeviceConfig& config, const DeviceInputs& inputs,
                        const Clock& clock, EdgeClock* edge_clock) {
  return {.site = config.site,
          .group = config.group,
          .agent = config.agent,
          .device = inputs.device,
          .boot = CountBoot(config.state_dir, config.agent, clock.Now()),
          .window = WindowOf(config.source),
          .batch = milliseconds(config.batch_ms),
          .ring_ticks = static_cast<std::size_t>(config.ring_ticks),
          .offload = inputs.offload,
          .preview_period = milliseconds(config.preview_period_ms),
          .edge_clock = edge_clock};
}

int Run(DeviceConfig& config, StopSignal& stop) {
  config.log.name = config.agent;
  InitLog(config.log);
  const SystemClock clock;
  EdgeClock edge_clock(clock);
  const auto inputs = LoadInputs(config, edge_clock);
  if (!inputs) {
    std::cerr << "device_agent: " << inputs.message() << '\n';
    return kExitData;
  }
  DeviceMetrics metrics(inputs->network->bundle());
  const auto server = ServeMetrics(config.metrics, &metrics);
  if (!server) {
    std::cerr << "device_agent: " << server.message() << '\n';
    return kExitUnavailable;
  }
  const auto bus = MakePahoBus(config.mqtt, config.agent);
  DeviceAgent agent(OptionsOf(config, *inputs, clock, &edge_clock),
                    *inputs->network, inputs->source.get(), bus.get(), &metrics,
                    clock, [&stop] { stop.Notify(); });
  agent.Start();
  stop.Wait();
  agent.Stop();
  if (!agent.ending()) return kExitOk;
  std::cerr << "device_agent: " << agent.ending()->reason << '\n';
  return agent.ending()->exit_code;
}

}  // namespace
}  // namespace ddnn

int main(int argc, char** argv) {
  ddnn::StopSignal stop;
  ddnn::DeviceConfig config;
  ddnn::ConfigTable table;
  ddnn::AddDeviceKeys(&table, &config);
  return ddnn::RunProgram(
      {.name = "device_agent",
       .purpose = "Runs one camera's section of the network: scores at once, "
                  "feature maps when the edge asks for them.",
       .table = &table,
       .check = [&] { ddnn::CheckDeviceConfig(config); },
       .run = [&] { return ddnn::Run(config, stop); }},
      argc, argv);
}

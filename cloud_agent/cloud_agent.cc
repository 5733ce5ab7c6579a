#include "cloud_agent/cloud_agent.h"

#include <cstddef>
#include <utility>

#include "core/base/boot_counter.h"

namespace ddnn {
CloudAgent::CloudAgent(const CloudConfig& config,
                       std::shared_ptr<const Network> network,
                       std::unique_ptr<Bus> bus, CloudMetrics* metrics,
                       const Clock& clock, Offload offload)
    : bus_(std::move(bus)),
      pipeline_(config, std::move(network), bus_.get(), metrics,
                CountBoot(config.state_dir, config.agent, clock.Now()),
                offload),
      thread_(bus_.get(), &pipeline_, clock,
              static_cast<std::size_t>(config.queue)) {}

void CloudAgent::Start(std::function<void()> on_giving_up) {
  thread_.Start(std::move(on_giving_up));
}

}  // namespace ddnn

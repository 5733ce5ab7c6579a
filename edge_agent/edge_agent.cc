#include "edge_agent/edge_agent.h"

#include <cstddef>
#include <utility>

namespace ddnn {
namespace {

constexpr std::size_t kInboxCapacity = 4096;

}  // namespace

EdgeAgent::EdgeAgent(const EdgeConfig& config,
                     std::shared_ptr<const Network> network,
                     std::unique_ptr<Bus> bus, EdgeMetrics* metrics,
                     const Clock& clock, Offload offload)
    : bus_(std::move(bus)),
      pipeline_(config, std::move(network), bus_.get(), metrics,
                BootNumber(clock.Now()), offload),
      thread_(bus_.get(), &pipeline_, clock, kInboxCapacity) {}

void EdgeAgent::Start(std::function<void()> on_giving_up) {
  thread_.Start(std::move(on_giving_up));
}

}  // namespace ddnn

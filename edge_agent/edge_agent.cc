#include "edge_agent/edge_agent.h"

#include <cstddef>
#include <utility>

#include "core/base/boot_counter.h"

namespace ddnn {
namespace {

constexpr std::size_t kInboxCapacity = 4096;

}  // namespace

EdgeAgent::EdgeAgent(const EdgeConfig& config,
                     std::shared_ptr<const Network> network, const Tree& tree,
                     const std::string& place, std::unique_ptr<Bus> bus,
                     EdgeMetrics* metrics, const Clock& clock)
    : bus_(std::move(bus)) {
  const std::uint32_t boot =
      CountBoot(config.state_dir, config.agent, clock.Now());
  if (tree.Lead().name == place) {
    if (!config.state_dir.empty()) {
      run_file_ = std::make_unique<RunFile>(
          config.state_dir / (config.agent + ".run.json"), network->bundle());
    }
    Run(std::make_unique<EdgePipeline>(config, network, tree, bus_.get(),
                                       metrics, boot, run_file_.get()),
        clock);
  } else {
    Run(std::make_unique<BranchPipeline>(config, std::move(network), tree,
                                         place, bus_.get(), metrics, boot),
        clock);
  }
}

template <typename Pipeline>
void EdgeAgent::Run(std::unique_ptr<Pipeline> pipeline, const Clock& clock) {
  Pipeline* const borrowed = pipeline.get();
  running_ = std::unique_ptr<Running<Pipeline>>(new Running<Pipeline>{
      std::move(pipeline), {bus_.get(), borrowed, clock, kInboxCapacity}});
}

void EdgeAgent::Start(std::function<void()> on_giving_up) {
  std::visit(
      [&](const auto& running) {
        running->thread.Start(std::move(on_giving_up));
      },
      running_);
}

void EdgeAgent::Stop() {
  std::visit([](const auto& running) { running->thread.Stop(); }, running_);
}

const std::optional<Failure>& EdgeAgent::gave_up() const {
  return std::visit(
      [](const auto& running) -> const std::optional<Failure>& {
        return running->pipeline->gave_up();
      },
      running_);
}

}  // namespace ddnn

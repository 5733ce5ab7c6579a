#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/pipeline_thread.h"
#include "core/nn/network.h"
#include "core/nn/tree.h"
#include "edge_agent/branch_pipeline.h"
#include "edge_agent/config.h"
#include "edge_agent/edge_pipeline.h"

namespace ddnn {

/// The wiring of an edge agent: bus -> inbox -> one thread with the pipeline,
/// the lead's or a branch's, as its place in the tree says.
/// Thread-safety: Start() and Stop() from one thread.
class EdgeAgent {
 public:
  /// \param tree   of the network's bundle.
  /// \param place  an edge's name in the tree.
  /// \param bus    not started yet.
  /// \param metrics  borrowed as `clock`; both outlive the agent.
  EdgeAgent(const EdgeConfig& config, std::shared_ptr<const Network> network,
            const Tree& tree, const std::string& place,
            std::unique_ptr<Bus> bus, EdgeMetrics* metrics, const Clock& clock);

  /// \param on_giving_up  called once, on another thread, when the agent cannot
  ///     go on; it must only hand over. Then Stop(), then gave_up().
  void Start(std::function<void()> on_giving_up);
  /// Ends the work, says goodbye, disconnects. May be called twice.
  void Stop();

  /// After Stop(): why the agent gave up; nothing if it did not.
  const std::optional<Failure>& gave_up() const;

 private:
  template <typename Pipeline>
  struct Running {
    std::unique_ptr<Pipeline> pipeline;
    PipelineThread<Pipeline> thread;
  };
  template <typename Pipeline>
  void Run(std::unique_ptr<Pipeline> pipeline, const Clock& clock);

  std::unique_ptr<Bus> bus_;
  std::unique_ptr<RunFile> run_file_;
  std::variant<std::unique_ptr<Running<EdgePipeline>>,
               std::unique_ptr<Running<BranchPipeline>>>
      running_;
};

}  // namespace ddnn

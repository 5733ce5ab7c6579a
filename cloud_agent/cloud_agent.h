#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "cloud_agent/cloud_pipeline.h"
#include "cloud_agent/config.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/pipeline_thread.h"
#include "core/nn/network.h"

namespace ddnn {

/// The wiring of a cloud agent: bus -> inbox -> one thread with the pipeline.
/// Thread-safety: Start() and Stop() from one thread.
class CloudAgent {
 public:
  /// \param bus      not started yet.
  /// \param metrics  borrowed as `clock`; both outlive the agent.
  /// \param offload  what asks carry.
  CloudAgent(const CloudConfig& config, std::shared_ptr<const Network> network,
             std::unique_ptr<Bus> bus, CloudMetrics* metrics,
             const Clock& clock, Offload offload = Offload::kNone);

  /// \param on_giving_up  called once, on another thread, when the agent cannot
  ///     go on; it must only hand over. Then Stop(), then gave_up().
  void Start(std::function<void()> on_giving_up);
  /// Ends the work, says goodbye, disconnects. May be called twice.
  void Stop() { thread_.Stop(); }

  /// After Stop(): why the agent gave up; nothing if it did not.
  const std::optional<Failure>& gave_up() const { return pipeline_.gave_up(); }

 private:
  std::unique_ptr<Bus> bus_;
  CloudPipeline pipeline_;
  PipelineThread<CloudPipeline> thread_;
};

}  // namespace ddnn

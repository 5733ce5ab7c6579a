#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <thread>
#include <variant>

#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/base/service.h"
#include "core/bus/bus.h"
#include "core/bus/inbox.h"
#include "core/nn/network.h"
#include "core/vision/view_source.h"
#include "device_agent/device_pipeline.h"

namespace ddnn {

/// A device agent's threads: the source's and the pipeline's, which meet in
/// one queue.
///
///     source thread ---- views ----+
///                                  v
///     bus thread ---- events --> queue --> pipeline thread --> bus
///
/// At most `window` ticks are on their way in the queue: then the source
/// waits, since a replay must not lose samples. At most kMaxQueuedMessages bus
/// messages, and InboxBounds::kMaxBytes of them, are: further ones are dropped
/// and counted.
/// Thread-safety: Start() and Stop() from one thread.
class DeviceAgent {
 public:
  static constexpr std::size_t kMaxQueuedMessages = 256;

  /// All but `options` are borrowed and outlive the agent.
  /// \param on_end  called once, from a thread of the agent, if it gives up by
  ///     itself; must only hand over.
  DeviceAgent(const DeviceOptions& options, const Network& network,
              ViewSource* source, Bus* bus, DeviceMetrics* metrics,
              const Clock& clock, std::function<void()> on_end);
  ~DeviceAgent();
  DeviceAgent(const DeviceAgent&) = delete;
  DeviceAgent& operator=(const DeviceAgent&) = delete;

  void Start();
  /// Stops source, pipeline and bus, in this order; sends what is left.
  void Stop();

  /// Why it gave up, if it did; after Stop().
  const std::optional<DevicePipeline::Ending>& ending() const {
    return pipeline_.ending();
  }

 private:
  using Event = std::variant<TickViews, BusEvent>;

  void Accept(BusEvent event);
  void RunSource();
  void RunPipeline();
  std::optional<Event> NextEvent();
  void Handle(const Event& event);

  ViewSource* const source_;
  Bus* const bus_;
  const Clock& clock_;
  const std::function<void()> on_end_;
  DevicePipeline pipeline_;  // of the pipeline's thread while that runs
  InboxBounds bounds_{kMaxQueuedMessages};
  BoundedQueue<Event> events_;
  std::counting_semaphore<> free_ticks_;  // that may yet enter the queue
  std::atomic<bool> stopping_ = false;
  Service service_;
  std::thread source_thread_;
  std::thread pipeline_thread_;
};

}  // namespace ddnn

#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>

#include "core/base/clock.h"
#include "core/base/service.h"
#include "core/bus/bus.h"
#include "core/bus/connection_status.h"
#include "core/bus/inbox.h"

namespace ddnn {

/// Bus -> inbox -> one thread that runs a pipeline: the wiring of an agent that
/// only reacts to messages and to time.
///
/// `Pipeline` has OnEvent(const BusEvent&, Instant now), OnTime(now),
/// std::optional<Instant> NextDeadline(), SetInboxDropped(count), Stop(now),
/// idle() (nothing waits to be sent), and gave_up(), which converts to true
/// once there is no point in going on. Thread-safety: Start() and Stop() from
/// one thread.
template <typename Pipeline>
class PipelineThread {
 public:
  /// \param capacity  messages that wait at most; see Inbox.
  /// All else is borrowed and outlives the thread; the bus is not started yet.
  PipelineThread(Bus* bus, Pipeline* pipeline, const Clock& clock,
                 std::size_t capacity)
      : bus_(bus), pipeline_(pipeline), clock_(clock), inbox_(capacity) {}
  PipelineThread(const PipelineThread&) = delete;
  PipelineThread& operator=(const PipelineThread&) = delete;
  ~PipelineThread() { Stop(); }

  /// \param on_giving_up  called once, on the pipeline's thread, when it gives
  ///     up; it must only hand over, and Stop() follows.
  void Start(std::function<void()> on_giving_up) {
    thread_ = std::thread(
        [this, told = std::move(on_giving_up)]() mutable { Run(told); });
    service_.Ready(kWaitsForTheBroker);
    bus_->Start([this](BusEvent event) { inbox_.Push(std::move(event)); });
  }

  /// Works off what waits, stops the pipeline, then the bus. May be called
  /// twice.
  void Stop() {
    if (!thread_.joinable()) return;
    service_.Stopping();
    inbox_.Close();
    thread_.join();
    bus_->Stop();
  }

 private:
  // The longest wait, so that a wall clock that is set back does no harm.
  static constexpr std::chrono::seconds kLongestWait{1};
  // Room in the bus shows itself only by trying.
  static constexpr std::chrono::seconds kLongestGoodbye{2};
  static constexpr milliseconds kGoodbyeStep{5};

  void Run(std::function<void()>& on_giving_up) {
    while (true) {
      service_.Beat(std::chrono::steady_clock::now());
      const Instant before = clock_.Now();
      const Instant due =
          std::min(pipeline_->NextDeadline().value_or(Instant::max()),
                   before + kLongestWait);
      const auto arrival =
          inbox_.PopUntil(std::chrono::steady_clock::now() + (due - before));
      if (!arrival && inbox_.closed()) break;
      const Instant now = clock_.Now();
      pipeline_->SetInboxDropped(inbox_.dropped());
      if (arrival) {
        SayConnection(arrival->event, service_);
        pipeline_->OnEvent(arrival->event, now);
      } else {
        pipeline_->OnTime(now);
      }
      if (pipeline_->gave_up() && on_giving_up) {
        std::exchange(on_giving_up, nullptr)();
      }
    }
    pipeline_->Stop(clock_.Now());
    const auto give_up = std::chrono::steady_clock::now() + kLongestGoodbye;
    while (!pipeline_->idle() && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(kGoodbyeStep);
      pipeline_->OnTime(clock_.Now());
    }
  }

  Bus* bus_;
  Pipeline* pipeline_;
  const Clock& clock_;
  Inbox inbox_;
  Service service_;
  std::thread thread_;
};

}  // namespace ddnn

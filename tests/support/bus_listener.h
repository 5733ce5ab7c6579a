#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// Keeps what a bus hears, so that a test can wait for it.
/// Thread-safety: all members from any thread.
class BusListener {
 public:
  /// For Bus::Start(). The listener must outlive the bus's Stop().
  Bus::Sink Sink() {
    return [this](BusEvent event) {
      {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
      }
      changed_.notify_all();
    };
  }

  /// Waits until the events fulfil a condition; false after 25 s.
  bool WaitFor(
      const std::function<bool(const std::vector<BusEvent>&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(25),
                             [&] { return condition(events_); });
  }

  /// Waits for the n-th connection.
  bool WaitForConnection(std::ptrdiff_t n = 1) {
    return WaitFor([n](const auto& events) {
      return std::count_if(events.begin(), events.end(), [](const auto& event) {
               return std::holds_alternative<BusConnected>(event);
             }) >= n;
    });
  }

  /// Waits until `n` messages have come.
  bool WaitForMessages(std::size_t n) {
    return WaitFor(
        [n](const auto& events) { return Messages(events).size() >= n; });
  }

  /// Waits for a final end; empty reason if there was none.
  BusDisconnected WaitForFinalEnd() {
    BusDisconnected end;
    WaitFor([&end](const auto& events) {
      for (const auto& event : events) {
        const auto* candidate = std::get_if<BusDisconnected>(&event);
        if (candidate != nullptr && candidate->final) end = *candidate;
      }
      return end.final;
    });
    return end;
  }

  std::vector<BusMessage> messages() {
    const std::lock_guard lock(mutex_);
    return Messages(events_);
  }

 private:
  static std::vector<BusMessage> Messages(const std::vector<BusEvent>& events) {
    std::vector<BusMessage> messages;
    for (const auto& event : events) {
      if (const auto* message = std::get_if<BusMessage>(&event)) {
        messages.push_back(*message);
      }
    }
    return messages;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<BusEvent> events_;  // guarded by mutex_
};

}  // namespace ddnn

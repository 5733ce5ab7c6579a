#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "core/bus/bus.h"

namespace ddnn {

/// Finds out that another client lives under our id.
///
/// Two clients with one id throw each other out for ever, and Mosquitto 2.0
/// does not tell them why. So we look, after each reconnect, at what is
/// retained on the topic of our will: neither the will nor a message of ours is
/// somebody else's. Twice within kMemory proves it; once may be what a broker
/// that crashed had stored before our start. Thread-safety: none.
class TakeoverGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kMemory{60};

  /// Watches nothing unless the will is retained.
  explicit TakeoverGuard(const std::optional<OutgoingMessage>& will = {});

  bool Watches(const std::string& topic) const {
    return !topic_.empty() && topic == topic_;
  }
  /// The topic; empty if nothing is watched.
  const std::string& topic() const { return topic_; }

  /// We have sent this.
  void Sent(const OutgoingMessage& message);

  /// A retained message that came with a reconnect.
  /// \return true once it is proven that another client has our id.
  bool Proves(const BusMessage& message, TimePoint now);

 private:
  std::string topic_;
  std::string will_;
  std::deque<std::string> sent_;  // the last few; one may have been on its way
  std::optional<TimePoint> suspected_;
};

}  // namespace ddnn

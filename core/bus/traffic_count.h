#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "core/bus/bus.h"
#include "core/bus/topics.h"

namespace ddnn {

/// Counts what a bus receives, MQTT's own packets and reconnects: all that its
/// Sender does not. Thread-safety: all members from any thread; they take no
/// other lock.
class TrafficCount {
 public:
  void OnMessage(const BusMessage& message, std::size_t packet_bytes) {
    const std::lock_guard lock(mutex_);
    received_[KindOf(message.topic)].Add(message.payload.size(), packet_bytes);
  }
  /// A packet that is no PUBLISH.
  void OnControl(bool sent, std::size_t packet_bytes) {
    const std::lock_guard lock(mutex_);
    (sent ? control_sent_ : received_[MessageKind::kControl])
        .Add(0, packet_bytes);
  }
  /// \param lost_by  why it had to.
  void OnReconnect(DisconnectCause lost_by) {
    const std::lock_guard lock(mutex_);
    ++reconnects_[static_cast<std::size_t>(lost_by)];
  }
  void FillIn(BusStats* stats) const {
    const std::lock_guard lock(mutex_);
    stats->sent[MessageKind::kControl] = control_sent_;
    stats->received = received_;
    stats->reconnects = reconnects_;
  }

 private:
  mutable std::mutex mutex_;  // guards all
  ByKind<Traffic> received_;
  Traffic control_sent_;
  std::array<std::uint64_t, kDisconnectCauses.size()> reconnects_{};
};

}  // namespace ddnn

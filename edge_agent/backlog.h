#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/wire/json.h"

namespace ddnn {

/// Sends messages, and keeps those of QoS 1 that the bus has no room for until
/// it has, in order. Messages of QoS 0 that cannot go now are not worth
/// keeping. What is given up is counted, see CountUnsent().
/// Thread-safety: none.
class Backlog {
 public:
  static constexpr std::size_t kCapacity = 4096;
  /// What could not be sent is worth trying again after this.
  static constexpr milliseconds kFlushPeriod{5};

  /// Both are borrowed and outlive the backlog.
  Backlog(Bus* bus, AgentCounters* counters);

  /// From now on messages go out in this connection alone, see BusConnected.
  void BindTo(std::uint32_t connection) { connection_ = connection; }
  /// Messages of an ended connection, in order: keeps them before all others.
  /// Where that is too much, the newest are given up.
  void TakeBack(const std::vector<OutgoingMessage>& unsent);

  /// While held, nothing goes out: QoS 1 is kept, QoS 0 not sent.
  void SetHeld(bool held);
  bool held() const { return held_; }
  /// Forgets what is kept. \return how many messages.
  std::size_t Clear();

  void Send(OutgoingMessage message);
  /// Tries again to send what is kept.
  void Flush();
  bool empty() const { return kept_.empty(); }
  std::size_t size() const { return kept_.size(); }
  std::size_t payload_bytes() const { return payload_bytes_; }

 private:
  bool TryToSend(OutgoingMessage* message);

  Bus* bus_;
  AgentCounters& counters_;
  std::deque<OutgoingMessage> kept_;
  std::size_t payload_bytes_ = 0;  // of kept_
  std::uint32_t connection_ = 0;   // 0 = any
  bool held_ = false;
};

}  // namespace ddnn

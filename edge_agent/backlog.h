#pragma once

#include <cstddef>
#include <deque>

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

  /// Both are borrowed and outlive the backlog.
  Backlog(Bus* bus, AgentCounters* counters);

  void Send(OutgoingMessage message);
  /// Tries again to send what is kept.
  void Flush();
  bool empty() const { return kept_.empty(); }

 private:
  bool TryToSend(const OutgoingMessage& message);

  Bus* bus_;
  AgentCounters& counters_;
  std::deque<OutgoingMessage> kept_;
};

}  // namespace ddnn

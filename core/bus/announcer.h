#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "core/base/retry.h"
#include "core/bus/bus.h"

namespace ddnn {

/// Hands a bus's events to its sink, one at a time and BusConnected before any
/// message of a connection.
///
/// Retained messages arrive before all subscriptions are acknowledged: they
/// wait for BusConnected, bounded in bytes; beyond, the newest are dropped and
/// logged. The sink is called with a lock held.
/// Thread-safety: all members from any thread.
class Announcer {
 public:
  static constexpr std::size_t kEarlyBytes = 4 << 20;

  /// From now on events go there; none may come before.
  void SetSink(Bus::Sink sink);

  /// Then what has come early, if the event is BusConnected.
  void Announce(BusEvent event);
  void OnMessage(BusMessage message);
  /// The connection is over: forgets what has come early.
  void Forget();
  /// The last event announced was BusConnected.
  bool connected() const;

 private:
  mutable std::mutex mutex_;  // guards all
  Bus::Sink sink_;
  bool connected_ = false;
  std::vector<BusMessage> early_;
  std::size_t early_bytes_ = 0;
  LogLimiter drops_;
};

}  // namespace ddnn

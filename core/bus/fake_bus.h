#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// A broker in memory for tests: delivers at once, on the publisher's thread,
/// keeps retained messages, publishes wills, serves `+`, `#` and `$share`.
/// Thread-safety: none, or as its buses are used.
class FakeBroker {
 public:
  FakeBroker();
  ~FakeBroker();

  /// A client; `client_id` must be new. The broker must outlive it.
  std::unique_ptr<Bus> MakeBus(std::string client_id);

  /// As if the client's link broke: its will is published, it hears
  /// BusDisconnected and nothing more until Reconnect().
  void Cut(const std::string& client_id);
  void Reconnect(const std::string& client_id);

  /// As if a client published it; for garbage.
  void Inject(OutgoingMessage message);

  /// All messages that passed, in order.
  const std::vector<OutgoingMessage>& log() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ddnn

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// A broker in memory for tests: delivers at once, on the publisher's thread,
/// keeps retained messages, publishes wills, serves `+`, `#` and `$share`
/// (in turn).
///
/// Its buses behave as PahoBus does, with 10 topic aliases a connection and
/// unlimited time: expiry does nothing. What they send is acknowledged at once,
/// unless their link hangs. A message that a sink publishes goes
/// out after the one in hand has reached everybody.
/// Thread-safety: as its buses, which follow Bus; the broker's own members from
/// one thread, while the buses are quiet.
class FakeBroker {
 public:
  FakeBroker();
  ~FakeBroker();

  /// A client; `client_id` must not be in use. Its destructor stops it.
  std::unique_ptr<Bus> MakeBus(std::string client_id);

  /// From now on the client's link swallows what it sends, and what it should
  /// hear, until Cut().
  void Hang(const std::string& client_id);

  /// As if the client's link broke: its will is published, it hears
  /// BusDisconnected and nothing more until Reconnect().
  void Cut(const std::string& client_id);
  void Reconnect(const std::string& client_id);

  /// As if a client without a bus published it; for garbage.
  void Inject(OutgoingMessage message);

  /// All messages that passed, in order.
  const std::vector<OutgoingMessage>& log() const;

 private:
  class State;
  class FakeBus;
  std::shared_ptr<State> state_;
};

}  // namespace ddnn

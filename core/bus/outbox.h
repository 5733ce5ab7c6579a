#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// The QoS 1 messages that the broker has not acknowledged yet: first waiting,
/// then in flight, of which there are never more than the window allows.
///
/// Beyond the broker's receive maximum Paho would go on by one window a second
/// only, so we hold back the rest ourselves. Thread-safety: none.
class Outbox {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Item {
    std::uint64_t id;  ///< for Acknowledge() and Return()
    std::shared_ptr<const OutgoingMessage> message;
    TimePoint pushed;
  };

  /// \param capacity  messages held at most, waiting and in flight.
  explicit Outbox(std::size_t capacity) : capacity_(capacity) {}

  /// Adds a message behind the others; false if the outbox is full.
  bool Push(OutgoingMessage message, TimePoint now);

  /// The next message to send, which counts as in flight from now on: nothing
  /// if none waits or the window is full. Its expiry is shortened by the time
  /// it has waited; messages that waited longer than theirs are dropped.
  std::optional<Item> Next(TimePoint now);

  /// The broker has answered for this message.
  void Acknowledge(std::uint64_t id);

  /// It could not be sent after all: waits again, before all others.
  void Return(std::uint64_t id);

  /// A connection begins (`window` messages may be in flight), or has ended
  /// (0): what was in flight waits again, in its old order.
  void Reset(std::size_t window);

  /// A connection has ended: as Reset(0), but messages of that connection alone
  /// leave, in order, with what is left of their time. Those that have none are
  /// dropped.
  std::vector<OutgoingMessage> TakeBack(TimePoint now);

  bool empty() const { return waiting_.empty() && in_flight_.empty(); }
  std::size_t size() const { return waiting_.size() + in_flight_.size(); }
  /// Of all messages held.
  std::size_t payload_bytes() const { return payload_bytes_; }
  std::uint64_t expired() const { return expired_; }

 private:
  std::size_t capacity_;
  std::size_t window_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t expired_ = 0;
  std::size_t payload_bytes_ = 0;
  std::deque<Item> waiting_;
  std::deque<Item> in_flight_;
};

}  // namespace ddnn

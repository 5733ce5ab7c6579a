#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"

namespace ddnn {

/// An event of a bus and when it came.
struct Arrival {
  BusEvent event;
  Instant at{};
};

/// Hands the events of a bus to the one thread that works on them.
///
/// Bounded in messages and in bytes: what does not fit is dropped, newest
/// first, and counted. News of the connection always fits.
/// Thread-safety: Push() from the bus's thread, PopUntil() from one other, the
/// rest from any.
class Inbox {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{8} << 20;

  /// \param capacity  messages held at most.
  explicit Inbox(std::size_t capacity)
      : capacity_(capacity),
        queue_(capacity + kConnectionEvents, Queue::Policy::kDropNewest) {}

  /// For a sink: never waits.
  /// \param at  when it came, for those who ask.
  void Push(BusEvent event, Instant at = {}) {
    const std::size_t bytes = Bytes(event);
    const bool is_message = std::holds_alternative<BusMessage>(event);
    if (is_message &&
        (queue_.size() >= capacity_ ||
         bytes_.load(std::memory_order_relaxed) + bytes > kMaxBytes)) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (!queue_.TryPush({std::move(event), at})) {
      bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    }
  }

  /// \return an event; nothing at the deadline, or once closed and empty.
  std::optional<Arrival> PopUntil(
      std::chrono::steady_clock::time_point deadline) {
    std::optional<Arrival> arrival = queue_.PopUntil(deadline);
    if (arrival) {
      bytes_.fetch_sub(Bytes(arrival->event), std::memory_order_relaxed);
    }
    return arrival;
  }

  void Close() { queue_.Close(); }
  bool closed() const { return queue_.closed(); }
  /// Messages dropped at the bounds.
  std::uint64_t dropped() const {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  using Queue = BoundedQueue<Arrival>;
  // A bus reports few of them between two messages: backoff slows it down.
  static constexpr std::size_t kConnectionEvents = 64;

  static std::size_t Bytes(const BusEvent& event) {
    const auto* message = std::get_if<BusMessage>(&event);
    return message == nullptr ? 0
                              : message->topic.size() + message->payload.size();
  }

  const std::size_t capacity_;
  Queue queue_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace ddnn

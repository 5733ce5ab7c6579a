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

/// How much of what a bus brings may wait for a thread: bounded in messages and
/// in bytes. News of the connection is no message.
/// Thread-safety: Admit() from the bus's thread, Release() from one other,
/// dropped() from any.
class InboxBounds {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{8} << 20;
  /// Room to keep for the connection's news: backoff lets it come slowly.
  static constexpr std::size_t kConnectionEvents = 64;

  /// \param messages  that wait at most.
  explicit InboxBounds(std::size_t messages) : max_messages_(messages) {}

  /// \return false if the message is to be dropped; it is counted then.
  bool Admit(const BusEvent& event) {
    const auto* message = std::get_if<BusMessage>(&event);
    if (message == nullptr) return true;
    if (messages_.load(std::memory_order_relaxed) >= max_messages_ ||
        bytes_.load(std::memory_order_relaxed) + Bytes(*message) > kMaxBytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    messages_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(Bytes(*message), std::memory_order_relaxed);
    return true;
  }

  /// What was admitted waits no more.
  void Release(const BusEvent& event) {
    const auto* message = std::get_if<BusMessage>(&event);
    if (message == nullptr) return;
    messages_.fetch_sub(1, std::memory_order_relaxed);
    bytes_.fetch_sub(Bytes(*message), std::memory_order_relaxed);
  }

  /// Messages dropped at the bounds.
  std::uint64_t dropped() const {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  static std::size_t Bytes(const BusMessage& message) {
    return message.topic.size() + message.payload.size();
  }

  const std::size_t max_messages_;
  std::atomic<std::size_t> messages_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

/// An event of a bus and when it came.
struct Arrival {
  BusEvent event;
  Instant at{};
};

/// Hands the events of a bus to the one thread that works on them. What does
/// not fit the bounds is dropped, newest first, and counted.
/// Thread-safety: Push() from the bus's thread, PopUntil() from one other, the
/// rest from any.
class Inbox {
 public:
  /// \param capacity  messages held at most.
  explicit Inbox(std::size_t capacity)
      : bounds_(capacity),
        queue_(capacity + InboxBounds::kConnectionEvents,
               Queue::Policy::kDropNewest) {}

  /// For a sink: never waits.
  /// \param at  when it came, for those who ask.
  void Push(BusEvent event, Instant at = {}) {
    if (bounds_.Admit(event)) queue_.TryPush({std::move(event), at});
  }

  /// \return an event; nothing at the deadline, or once closed and empty.
  std::optional<Arrival> PopUntil(
      std::chrono::steady_clock::time_point deadline) {
    std::optional<Arrival> arrival = queue_.PopUntil(deadline);
    if (arrival) bounds_.Release(arrival->event);
    return arrival;
  }

  void Close() { queue_.Close(); }
  bool closed() const { return queue_.closed(); }
  /// Messages dropped at the bounds.
  std::uint64_t dropped() const { return bounds_.dropped(); }

 private:
  using Queue = BoundedQueue<Arrival>;

  InboxBounds bounds_;
  Queue queue_;
};

}  // namespace ddnn

#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace ddnn {

/// A queue between two stages that can never grow without bound.
///
/// Producers never wait: at the bound an item is dropped and counted, which
/// one is the policy's choice. Consumers wait with a deadline, so that a stage
/// can also act on time.
/// Thread-safety: all members may be called from any thread.
template <typename T>
class BoundedQueue {
 public:
  enum class Policy {
    kDropOldest,  ///< the newest item matters most (frames)
    kDropNewest,  ///< what is queued is served first (messages)
  };

  /// \param capacity  items held at most, >= 1.
  BoundedQueue(std::size_t capacity, Policy policy)
      : capacity_(capacity), policy_(policy) {}

  /// Adds an item without waiting.
  /// \return false if an item was dropped (which one: the policy), or if the
  ///     queue is closed.
  bool TryPush(T item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return false;
      if (items_.size() >= capacity_) {
        ++dropped_;
        if (policy_ == Policy::kDropNewest) return false;
        items_.pop_front();
        items_.push_back(std::move(item));
        return false;
      }
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    return true;
  }

  /// Waits for an item until `deadline`.
  /// \return the item; nothing at the deadline, or once closed and empty.
  std::optional<T> PopUntil(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, deadline,
                      [this] { return closed_ || !items_.empty(); });
    return TakeFront();
  }

  /// Waits for an item without a deadline.
  /// \return the item; nothing once closed and empty.
  std::optional<T> Pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return TakeFront();
  }

  /// Wakes every consumer; items already queued are still handed out.
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  /// Items dropped at the bound since construction.
  std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  std::optional<T> TakeFront() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

  const std::size_t capacity_;
  const Policy policy_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> items_;        // guarded by mutex_
  std::uint64_t dropped_ = 0;  // guarded by mutex_
  bool closed_ = false;        // guarded by mutex_
};

}  // namespace ddnn

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/retry.h"

namespace ddnn {

/// The pure decisions of a live source about time; each says what it decides.

/// How old the newest image may be before its camera counts as down: a second,
/// or three images or ticks where they are rarer.
/// \param ticks_per_second  0 = unpaced, or not known.
inline std::chrono::nanoseconds FreshFor(std::chrono::nanoseconds frame_period,
                                         double ticks_per_second) {
  std::chrono::nanoseconds fresh = std::chrono::seconds(1);
  fresh = std::max(fresh, 3 * frame_period);
  if (!(ticks_per_second > 0)) return fresh;
  // A tick a day is rarer than any camera: cut before it overflows.
  const double tick_s = std::min(1 / ticks_per_second, 1e5);
  return std::max(
      fresh, std::chrono::nanoseconds(static_cast<std::int64_t>(3e9 * tick_s)));
}

/// Keeps the pace of a file: when its next image is due. Who is late by more
/// than a period goes on from there, and does not hurry to catch up.
/// Thread-safety: none.
class FramePacer {
 public:
  /// \param period  0: every image is due at once.
  FramePacer(std::chrono::nanoseconds period, Instant start)
      : period_(period), last_(start) {}

  Instant NextAfter(Instant now) {
    // The upper bound is for a wall clock that was set back.
    last_ = std::clamp(last_ + period_, now - period_, now + period_);
    return last_;
  }

 private:
  const std::chrono::nanoseconds period_;
  Instant last_;
};

/// When a source that failed is opened again: soon at first, then ever more
/// rarely, until it has worked for a while.
/// Thread-safety: none.
class ReopenPolicy {
 public:
  static constexpr std::chrono::seconds kStable{10};

  ReopenPolicy(milliseconds first, milliseconds longest, std::uint32_t seed)
      : backoff_(first, longest, seed) {}

  void OnOpened(Instant now) { opened_ = now; }
  void OnImage(Instant now) {
    if (now - opened_ >= kStable) backoff_.Reset();
  }
  /// \return how long to wait.
  milliseconds OnFailure() { return backoff_.Next(); }

 private:
  Backoff backoff_;
  Instant opened_{};
};

}  // namespace ddnn

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/wire/json.h"

namespace ddnn {

/// Decides when an agent's counters are published: at most once in ten seconds,
/// and only when they have changed. Thread-safety: none.
class InfoPacer {
 public:
  static constexpr std::chrono::seconds kPeriod{10};

  bool IsDue(Instant now) const { return IsOver(next_, kPeriod, now); }
  /// \return the payload of topic `info`, if it is due at `now`.
  std::optional<std::string> Due(const AgentCounters& counters, Instant now) {
    if (!IsDue(now)) return std::nullopt;
    next_ = now + kPeriod;
    return Final(counters);
  }
  /// \return the payload unless it was the last one that was given out.
  std::optional<std::string> Final(const AgentCounters& counters) {
    if (counters == published_) return std::nullopt;
    published_ = counters;
    return EncodeAgentInfo(counters);
  }
  /// When Due() may say yes again.
  Instant next() const { return next_; }
  /// The broker may have forgotten: what was given out counts no more.
  void Forget() { published_.clear(); }

 private:
  Instant next_{};
  AgentCounters published_;
};

}  // namespace ddnn

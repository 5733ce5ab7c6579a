#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "cli/outcome.h"
#include "core/base/clock.h"

namespace ddnn {

/// How a group's samples ended in the last five minutes, second by second.
///
/// Memory is fixed, however fast samples come. A clock that is set back makes
/// samples count in the last second that was known.
/// Thread-safety: none.
class ExitHistory {
 public:
  static constexpr int kSeconds = 300;
  static constexpr int kStepSeconds = 5;  ///< of Steps()
  static constexpr int kRateSeconds = 5;  ///< over which PerSecond() looks

  /// Samples of a second, or of a step.
  struct Counts {
    PerOutcome<std::uint32_t> outcomes{};

    void Add(const Counts& other);
    std::uint32_t results() const;  ///< all but those that were lost
  };

  void Add(Outcome outcome, Instant now);

  /// Results a second over the last whole seconds, fewer at the start; 0
  /// before the first.
  double PerSecond(Instant now) const;
  /// kSeconds / kStepSeconds steps, the oldest first; the last one grows.
  std::vector<Counts> Steps(Instant now) const;

 private:
  Counts& CountsAt(Instant now);
  /// Of a second since 1970; empty if it is not in memory.
  Counts Of(std::int64_t second) const;

  std::array<Counts, kSeconds> ring_{};  // second s at s % kSeconds
  std::int64_t newest_ = 0;
  std::optional<std::int64_t> first_;  // second of the first sample
};

}  // namespace ddnn

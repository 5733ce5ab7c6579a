#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>

namespace ddnn {

/// How long to wait before the next attempt: doubles from `first` to
/// `longest`, each time up to 50 % more or less, so that the agents of a site
/// do not come back all at once.
/// Thread-safety: none.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest,
          std::uint32_t seed)
      : first_(first), longest_(longest), random_(seed), next_(first) {}

  /// The wait after something held for a while and broke: one that has been
  /// stable earns quick attempts again, or one that breaks each time would be
  /// made anew without a pause.
  std::chrono::milliseconds NextAfter(std::chrono::nanoseconds held,
                                      std::chrono::nanoseconds stable) {
    if (held >= stable) Reset();
    return Next();
  }

  std::chrono::milliseconds Next() {
    const auto base = next_;
    next_ = std::min(2 * next_, longest_);
    std::uniform_real_distribution<double> factor(0.5, 1.5);
    return std::chrono::milliseconds(static_cast<std::int64_t>(
        static_cast<double>(base.count()) * factor(random_)));
  }
  void Reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::mt19937 random_;
  std::chrono::milliseconds next_;
};

/// Keeps a repeated event from filling the log: the first deserves a line,
/// later ones at most one each kInterval.
/// Thread-safety: none.
class LogLimiter {
 public:
  static constexpr std::chrono::seconds kInterval{10};

  /// \return how many events the line stands for, this one included; nothing
  ///     if it is not yet time for a line.
  std::optional<std::uint64_t> Admit(
      std::chrono::steady_clock::time_point now) {
    ++events_;
    if (last_line_ && now - *last_line_ < kInterval) return std::nullopt;
    last_line_ = now;
    return std::exchange(events_, 0);
  }

 private:
  std::uint64_t events_ = 0;  // since the last line
  std::optional<std::chrono::steady_clock::time_point> last_line_;
};

}  // namespace ddnn

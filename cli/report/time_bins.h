#pragma once

#include <cstddef>
#include <vector>

namespace ddnn {

/// What happened when, in intervals of equal length: at most kMost, whose
/// length doubles whenever time outgrows them, so that a run of any length
/// takes the same memory. Thread-safety: none.
///
/// \tparam T  a sum: starts at T{}, and `T& += T` joins two intervals.
template <typename T>
class TimeBins {
 public:
  static constexpr std::size_t kMost = 80;

  /// \param shortest  what an interval lasts at first, in seconds.
  explicit TimeBins(double shortest = 0.02) : seconds_each_(shortest) {}

  /// The interval of an instant.
  /// \param seconds  since the start; what is earlier counts as the start.
  T& At(double seconds) {
    while (seconds >= seconds_each_ * static_cast<double>(kMost)) Coarsen();
    const auto index =
        seconds > 0 ? static_cast<std::size_t>(seconds / seconds_each_) : 0;
    if (index >= bins_.size()) bins_.resize(index + 1);
    return bins_[index];
  }

  /// From the start to the last instant that was asked for.
  const std::vector<T>& bins() const { return bins_; }
  double seconds_each() const { return seconds_each_; }

 private:
  void Coarsen() {
    for (std::size_t i = 0; i < bins_.size(); ++i) {
      if (i % 2 == 0) {
        bins_[i / 2] = bins_[i];
      } else {
        bins_[i / 2] += bins_[i];
      }
    }
    bins_.resize((bins_.size() + 1) / 2);
    seconds_each_ *= 2;
  }

  std::vector<T> bins_;
  double seconds_each_;
};

}  // namespace ddnn

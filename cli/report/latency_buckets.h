#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cli/summary.h"

namespace ddnn {

/// A histogram so fine that percentiles of it are within half a percent
/// of the real ones, in the same small memory for any number of values.
/// Thread-safety: none.
class LatencyBuckets {
 public:
  /// Each bucket is this much wider than the one before.
  static constexpr double kGrowth = 1.005;
  /// What is below the shortest (above the longest) counts as that.
  static constexpr double kShortestMs = 0.01;
  static constexpr double kLongestMs = 1e7;

  LatencyBuckets();

  void Add(double ms);
  std::int64_t count() const { return count_; }
  /// Nearest rank, as PercentilesOf().
  Percentiles percentiles() const;

  /// Index of a value's bucket, and where a bucket starts.
  static std::size_t IndexOf(double ms);
  static double StartOf(std::size_t index);

  const std::vector<std::int64_t>& counts() const { return counts_; }

 private:
  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
};

}  // namespace ddnn

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/report/prometheus_run.h"

namespace ddnn {

/// How much counters grew within a range, instant by instant.
/// Thread-safety: immutable after construction.
class CounterIncreases {
 public:
  /// \param range  borrowed; must outlive it.
  explicit CounterIncreases(const ScrapedRange& range);

  /// Tells each growth of a counter: the instant at which it showed, in seconds
  /// since 1970, and how much.
  using Sink = std::function<void(double time_s, double increase)>;
  void Each(const Series& series, const Sink& sink) const;

  double Total(const Series& series) const;

 private:
  /// The process was not there when the range began.
  bool BornWithin(const Series& series) const;

  const ScrapedRange& range_;
  std::map<std::string, double> started_s_;  // by instance
};

}  // namespace ddnn

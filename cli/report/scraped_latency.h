#pragma once

#include <map>
#include <string>

#include "cli/report/figures.h"

namespace ddnn {

/// The latency of a run from the buckets of Prometheus histograms.
/// Thread-safety: none.
class ScrapedLatency {
 public:
  /// \param le  the bucket's upper bound in seconds, or "+Inf"; others are
  ///     left out.
  /// \param count  values up to that bound, as Prometheus counts.
  void Add(Outcome exit, const std::string& le, double count);

  /// Fills histogram and percentiles; these are linear within a bucket, as
  /// PromQL's histogram_quantile().
  void Fill(RunFigures* figures) const;

 private:
  std::map<double, PerOutcome<double>> up_to_;  // by bound, in ms
};

}  // namespace ddnn

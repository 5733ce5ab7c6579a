#include "cli/report/scraped_latency.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace ddnn {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

struct Bound {
  double ms = 0;
  double count = 0;  ///< up to it
};

Figure Quantile(const std::vector<Bound>& bounds, double share) {
  if (bounds.empty() || bounds.back().count <= 0) return std::nullopt;
  const double rank = share * bounds.back().count;
  Bound before;
  for (const Bound& bound : bounds) {
    if (bound.count >= rank && bound.count > before.count) {
      // Nothing is known of how far beyond the last bound it is.
      if (bound.ms == kInfinite) return before.ms;
      return before.ms + (bound.ms - before.ms) * (rank - before.count) /
                             (bound.count - before.count);
    }
    before = bound;
  }
  return before.ms;
}

Percentiles PercentilesIn(const std::vector<Bound>& bounds) {
  return {Quantile(bounds, 0.50), Quantile(bounds, 0.95),
          Quantile(bounds, 0.99)};
}

}  // namespace

void ScrapedLatency::Add(Outcome exit, const std::string& le, double count) {
  double bound_s = 0;
  if (le == "+Inf") {
    bound_s = kInfinite;
  } else if (std::from_chars(le.data(), le.data() + le.size(), bound_s).ec !=
                 std::errc() ||
             !(bound_s > 0)) {
    return;
  }
  At(up_to_[1000 * bound_s], exit) += count;
}

void ScrapedLatency::Fill(RunFigures* figures) const {
  figures->percentiles =
      "Percentiles are linear within the buckets of a histogram.";
  std::vector<Bound> all;
  PerOutcome<std::vector<Bound>> by_exit;
  PerOutcome<double> before{};
  double before_ms = 0;
  for (const auto& [ms, counts] : up_to_) {
    RunFigures::LatencyBar bar{before_ms > 0 ? before_ms : ms / 2,
                               ms == kInfinite ? 2 * before_ms : ms,
                               {}};
    double total = 0;
    bool any = false;
    for (const Outcome exit : kOutcomes) {
      const double count = At(counts, exit);
      total += count;
      At(by_exit, exit).push_back({ms, count});
      At(bar.counts, exit) = std::llround(count - At(before, exit));
      any |= At(bar.counts, exit) > 0;
    }
    all.push_back({ms, total});
    // Empty buckets count between others only.
    if (any || !figures->latency.empty()) figures->latency.push_back(bar);
    before = counts;
    before_ms = ms;
  }
  const auto empty = [](const RunFigures::LatencyBar& bar) {
    for (const std::int64_t count : bar.counts) {
      if (count > 0) return false;
    }
    return true;
  };
  while (!figures->latency.empty() && empty(figures->latency.back())) {
    figures->latency.pop_back();
  }
  figures->all_latency_ms = PercentilesIn(all);
  for (const Outcome exit : kOutcomes) {
    At(figures->latency_ms, exit) = PercentilesIn(At(by_exit, exit));
  }
}

}  // namespace ddnn

#include "cli/report/latency_buckets.h"

#include <algorithm>
#include <cmath>

namespace ddnn {

LatencyBuckets::LatencyBuckets() : counts_(IndexOf(kLongestMs) + 1) {}

std::size_t LatencyBuckets::IndexOf(double ms) {
  // Negated so that NaN counts as the shortest.
  if (!(ms > kShortestMs)) return 0;
  return static_cast<std::size_t>(
      std::log(std::min(ms, kLongestMs) / kShortestMs) / std::log(kGrowth));
}

double LatencyBuckets::StartOf(std::size_t index) {
  return kShortestMs * std::pow(kGrowth, static_cast<double>(index));
}

void LatencyBuckets::Add(double ms) {
  ++counts_[IndexOf(ms)];
  ++count_;
}

Percentiles LatencyBuckets::percentiles() const {
  if (count_ == 0) return {};
  const auto at = [this](double share) -> Figure {
    auto left = static_cast<std::int64_t>(
        std::ceil(share * static_cast<double>(count_)));
    std::size_t index = 0;
    while (left > counts_[index]) left -= counts_[index++];
    return StartOf(index) * std::sqrt(kGrowth);
  };
  return {at(0.50), at(0.95), at(0.99)};
}

}  // namespace ddnn

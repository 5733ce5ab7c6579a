#include "cli/report/latency_buckets.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace ddnn {
namespace {

TEST(LatencyBucketsTest, PercentilesAreWithinHalfAPercentOfTheRealOnes) {
  std::mt19937 random(7);
  std::lognormal_distribution<double> latency(2.0, 1.2);
  LatencyBuckets buckets;
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) {
    values.push_back(latency(random));
    buckets.Add(values.back());
  }
  const Percentiles real = PercentilesOf(values);
  const Percentiles told = buckets.percentiles();
  EXPECT_NEAR(*told.p50, *real.p50, 0.005 * *real.p50);
  EXPECT_NEAR(*told.p95, *real.p95, 0.005 * *real.p95);
  EXPECT_NEAR(*told.p99, *real.p99, 0.005 * *real.p99);
}

TEST(LatencyBucketsTest, NothingHasNoPercentiles) {
  EXPECT_FALSE(LatencyBuckets().percentiles().p50);
}

TEST(LatencyBucketsTest, ValuesBeyondTheBoundsAreCountedAtThem) {
  LatencyBuckets buckets;
  for (const double ms : {-1.0, 0.0, std::numeric_limits<double>::quiet_NaN(),
                          1e300, std::numeric_limits<double>::infinity()}) {
    buckets.Add(ms);
  }
  EXPECT_EQ(buckets.count(), 5);
  EXPECT_EQ(buckets.counts().front(), 3);
  EXPECT_EQ(buckets.counts().back(), 2);
}

}  // namespace
}  // namespace ddnn

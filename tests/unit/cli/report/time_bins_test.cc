#include "cli/report/time_bins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace ddnn {
namespace {

using testing::ElementsAre;

TEST(TimeBinsTest, InstantsShareAnInterval) {
  TimeBins<int> bins(1.0);
  ++bins.At(0.0);
  ++bins.At(0.99);
  ++bins.At(2.5);
  EXPECT_THAT(bins.bins(), ElementsAre(2, 0, 1));
}

TEST(TimeBinsTest, WhatIsEarlierCountsAsTheStart) {
  TimeBins<int> bins(1.0);
  ++bins.At(-5);
  EXPECT_THAT(bins.bins(), ElementsAre(1));
}

TEST(TimeBinsTest, IntervalsDoubleAndKeepTheirSum) {
  TimeBins<int> bins(1.0);
  for (int second = 0; second < 1000; ++second) ++bins.At(second);
  EXPECT_LE(bins.bins().size(), TimeBins<int>::kMost);
  EXPECT_GE(bins.bins().size(), TimeBins<int>::kMost / 2);
  EXPECT_DOUBLE_EQ(bins.seconds_each(), 16.0);
  EXPECT_EQ(std::accumulate(bins.bins().begin(), bins.bins().end(), 0), 1000);
  EXPECT_EQ(bins.bins()[0], 16);
}

TEST(TimeBinsTest, AnyInstantTakesBoundedMemory) {
  TimeBins<int> bins;
  ++bins.At(0);
  ++bins.At(9e9);
  EXPECT_LE(bins.bins().size(), TimeBins<int>::kMost);
  EXPECT_EQ(bins.bins().front() + bins.bins().back(), 2);
}

}  // namespace
}  // namespace ddnn

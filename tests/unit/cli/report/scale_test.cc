#include "cli/report/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using testing::ElementsAre;

TEST(ScaleTest, TicksAreRoundAndReachTheHighest) {
  EXPECT_THAT(RoundTicks(7, 4), ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(RoundTicks(100, 4), ElementsAre(0, 50, 100));
  EXPECT_THAT(RoundTicks(1, 4), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(RoundTicks(0, 4), ElementsAre(0, 1));
}

TEST(ScaleTest, LogTicksAreWithinTheirBounds) {
  EXPECT_THAT(LogTicks(1.5, 30, 7), ElementsAre(2, 5, 10, 20));
  EXPECT_THAT(LogTicks(0.5, 2e4, 7), ElementsAre(1, 10, 100, 1000, 10000));
}

TEST(ScaleTest, TimeTicksAreRoundTimes) {
  EXPECT_THAT(TimeTicks(22, 5), ElementsAre(0, 5, 10, 15, 20));
  EXPECT_THAT(TimeTicks(7000, 5), ElementsAre(0, 1800, 3600, 5400));
  EXPECT_THAT(TimeTicks(0, 5), ElementsAre(0));
  EXPECT_LE(TimeTicks(9e9, 5).size(), 400U);
}

TEST(ScaleTest, PercentIsExactOnlyAtBothEnds) {
  EXPECT_EQ(Percent(0.0), "0\u202F%");
  EXPECT_EQ(Percent(1.0), "100\u202F%");
  EXPECT_EQ(Percent(0.00001), "0.1\u202F%");
  EXPECT_EQ(Percent(0.99999), "99.9\u202F%");
  EXPECT_EQ(Percent(0.5), "50.0\u202F%");
  EXPECT_EQ(Percent(std::nullopt), "–");
}

TEST(ScaleTest, NumbersHaveThreeDigitsAndAUnit) {
  EXPECT_EQ(ShortMs(0.85), "850\u202Fµs");
  EXPECT_EQ(ShortMs(8.163), "8.16\u202Fms");
  EXPECT_EQ(ShortMs(27.23), "27.2\u202Fms");
  EXPECT_EQ(ShortMs(1234), "1.23\u202Fs");
  EXPECT_EQ(ShortBytes(50.49), "50.5\u202FB");
  EXPECT_EQ(ShortBytes(3072), "3072\u202FB");
  EXPECT_EQ(ShortBytes(2.5e6), "2.50\u202FMB");
  EXPECT_EQ(WholeCount(12345678), "12\u202F345\u202F678");
  EXPECT_EQ(WholeCount(999), "999");
  EXPECT_EQ(ShortCount(1500), "1500");
  EXPECT_EQ(ShortCount(25000), "25\u202Fk");
}

TEST(ScaleTest, DurationsAreForPeople) {
  EXPECT_EQ(Duration(4.21), "4.2\u202Fs");
  EXPECT_EQ(Duration(200), "3 min 20 s");
  EXPECT_EQ(Duration(7500), "2 h 5 min");
  EXPECT_EQ(TimeLabel(5400), "1.5\u202Fh");
}

}  // namespace
}  // namespace ddnn

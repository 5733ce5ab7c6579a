#include "trainer/experiment/statistics.h"

#include <gtest/gtest.h>

#include <array>

namespace ddnn {
namespace {

TEST(MeanTest, OfNothingIsZero) { EXPECT_EQ(Mean({}), 0); }

TEST(MeanTest, IsTheSumOverTheCount) {
  EXPECT_DOUBLE_EQ(Mean(std::array{1.0, 2.0, 6.0}), 3.0);
}

TEST(DeviationTest, OfOneValueIsZero) {
  EXPECT_EQ(Deviation(std::array{0.7}), 0);
}

TEST(DeviationTest, IsThatOfASample) {
  // Squares of -1, 0, 1 over n - 1 = 2.
  EXPECT_DOUBLE_EQ(Deviation(std::array{1.0, 2.0, 3.0}), 1.0);
}

TEST(WilsonTest, EqualsThePapersExample) {
  // 97 % of the paper's 171 test samples.
  const Interval interval = Wilson(0.97, 171);
  EXPECT_NEAR(interval.low, 0.933, 0.001);
  EXPECT_NEAR(interval.high, 0.987, 0.001);
}

TEST(WilsonTest, OfAPerfectScoreStaysBelowOne) {
  // n / (n + z^2) for share 1.
  const Interval interval = Wilson(1.0, 137);
  EXPECT_NEAR(interval.low, 137 / (137 + 1.959964 * 1.959964), 1e-9);
  EXPECT_DOUBLE_EQ(interval.high, 1.0);
}

TEST(WilsonTest, OfNoTrialIsEverything) {
  EXPECT_EQ(Wilson(0.5, 0).low, 0);
  EXPECT_EQ(Wilson(0.5, 0).high, 1);
}

}  // namespace
}  // namespace ddnn

#include "trainer/threshold.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ddnn {
namespace {

ExitOutcome Right(float eta) { return {eta, true, true}; }
ExitOutcome Wrong(float eta) { return {eta, false, true}; }

TEST(ChooseThresholdTest, LiesHalfwayBetweenTwoEtas) {
  const auto choice = ChooseThreshold(
      {Right(0.2F), Wrong(0.6F), Wrong(0.8F), Wrong(0.9F)}, 1.0);
  // One wrong exit is allowed: 0.2 and 0.6 leave.
  EXPECT_FLOAT_EQ(choice.threshold, 0.7F);
  EXPECT_EQ(choice.exits, 2);
  EXPECT_EQ(choice.correct, 3);
  EXPECT_EQ(choice.best, 4);
}

TEST(ChooseThresholdTest, ShareStaysBelowTheLimit) {
  std::vector<ExitOutcome> outcomes;
  for (int i = 1; i <= 10; ++i) {
    outcomes.push_back(Right(0.05F * static_cast<float>(i)));
  }
  EXPECT_EQ(ChooseThreshold(outcomes, 0.5).exits, 4);
  EXPECT_EQ(ChooseThreshold(outcomes, 0.97).exits, 9);
}

TEST(ChooseThresholdTest, ExitsEarlyWhereTheDeeperAnswerIsWorse) {
  const ExitOutcome saved{0.3F, true, false};
  const auto choice =
      ChooseThreshold({Right(0.1F), saved, saved, saved, Wrong(0.9F)}, 0.97);
  EXPECT_EQ(choice.exits, 4);
  EXPECT_EQ(choice.correct, 5);
}

TEST(ChooseThresholdTest, EqualEtasStayTogether) {
  const auto choice = ChooseThreshold(
      {Right(0.1F), Wrong(0.5F), Wrong(0.5F), Wrong(0.5F)}, 1.0);
  EXPECT_EQ(choice.exits, 1);
  EXPECT_FLOAT_EQ(choice.threshold, 0.3F);
}

TEST(ChooseThresholdTest, IsZeroWhereNothingCanBeChosen) {
  EXPECT_EQ(ChooseThreshold({Right(0.0F), Right(0.0F)}, 1.0).threshold, 0.0F);
  EXPECT_EQ(ChooseThreshold({}, 0.97).threshold, 0.0F);
}

TEST(ChooseThresholdTest, NeighbouringFloatsNeverSwapSides) {
  const float low = 0.5F;
  const float high = std::nextafter(low, 1.0F);
  const auto choice = ChooseThreshold({Right(low), Wrong(high)}, 1.0);
  EXPECT_LT(choice.threshold, high);
}

}  // namespace
}  // namespace ddnn

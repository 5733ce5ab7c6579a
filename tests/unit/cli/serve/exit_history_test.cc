#include "cli/serve/exit_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr Instant kStart{seconds(1'800'000'000)};

void AddResults(ExitHistory& history, int count, Instant at) {
  for (int i = 0; i < count; ++i) history.Add(Outcome::kLocal, at);
}

ExitHistory::Counts Sum(const ExitHistory& history, Instant now) {
  ExitHistory::Counts sum;
  for (const auto& step : history.Steps(now)) sum.Add(step);
  return sum;
}

TEST(ExitHistoryTest, NothingHasNoRate) {
  const ExitHistory history;
  EXPECT_EQ(history.PerSecond(kStart), 0);
  EXPECT_EQ(Sum(history, kStart).results(), 0U);
}

TEST(ExitHistoryTest, EachOutcomeIsCountedByItself) {
  ExitHistory history;
  for (const Outcome outcome :
       {Outcome::kLocal, Outcome::kCloud, Outcome::kCloud, Outcome::kFallback,
        Outcome::kLost}) {
    history.Add(outcome, kStart);
  }
  const auto sum = Sum(history, kStart);
  EXPECT_THAT(sum.outcomes, ElementsAre(1, 0, 2, 1, 1));
  EXPECT_EQ(sum.results(), 4U);
}

TEST(ExitHistoryTest, RateIsThatOfWholeSeconds) {
  ExitHistory history;
  for (int s = 0; s < 10; ++s) AddResults(history, 20, kStart + seconds(s));
  AddResults(history, 3, kStart + seconds(10));  // the second has just begun
  EXPECT_EQ(history.PerSecond(kStart + seconds(10)), 20);
}

TEST(ExitHistoryTest, RateFallsToZeroWhenNothingComes) {
  ExitHistory history;
  AddResults(history, 20, kStart);
  EXPECT_EQ(history.PerSecond(kStart + seconds(6)), 0);
}

TEST(ExitHistoryTest, StepsAreOldestFirstAndAlignedToTheClock) {
  ExitHistory history;
  AddResults(history, 7, kStart);
  AddResults(history, 2, kStart + seconds(5));
  const auto steps = history.Steps(kStart + seconds(6));
  ASSERT_THAT(steps, SizeIs(60));
  EXPECT_EQ(steps[58].results(), 7U);
  EXPECT_EQ(steps[59].results(), 2U);
}

TEST(ExitHistoryTest, WhatIsOlderThanFiveMinutesIsForgotten) {
  ExitHistory history;
  AddResults(history, 7, kStart);
  EXPECT_EQ(Sum(history, kStart + seconds(295)).results(), 7U);
  EXPECT_EQ(Sum(history, kStart + seconds(301)).results(), 0U);
  AddResults(history, 1, kStart + seconds(300));  // the same place in memory
  EXPECT_EQ(Sum(history, kStart + seconds(300)).results(), 1U);
}

TEST(ExitHistoryTest, ALongSilenceLeavesNothingBehind) {
  ExitHistory history;
  for (int s = 0; s < 300; ++s) AddResults(history, 1, kStart + seconds(s));
  AddResults(history, 1, kStart + seconds(100'000));
  EXPECT_EQ(Sum(history, kStart + seconds(100'000)).results(), 1U);
}

TEST(ExitHistoryTest, AClockSetBackLosesNoSample) {
  ExitHistory history;
  AddResults(history, 1, kStart);
  AddResults(history, 1, kStart - seconds(1000));
  EXPECT_EQ(Sum(history, kStart).results(), 2U);
}

}  // namespace
}  // namespace ddnn

#include "core/base/tick.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

constexpr Instant kStart{std::chrono::seconds(1'700'000'000)};

TEST(TickTest, OrderSurvivesTheWrapAround) {
  EXPECT_TRUE(Before(1, 2));
  EXPECT_FALSE(Before(2, 2));
  EXPECT_TRUE(Before(0xFFFFFFFFU, 0));
  EXPECT_FALSE(Before(0, 0xFFFFFFFFU));
}

TEST(TickScheduleTest, PacedTicksFallDueAtTheirRate) {
  const auto schedule = TickSchedule::StartingAt(kStart, 25);
  EXPECT_TRUE(schedule.paced());
  EXPECT_EQ(schedule.InstantOf(schedule.first_tick), kStart);
  EXPECT_EQ(schedule.InstantOf(schedule.first_tick + 25),
            kStart + std::chrono::seconds(1));
}

TEST(TickScheduleTest, InstantsStayExactAcrossTheWrapAround) {
  TickSchedule schedule{kStart, 10, 0xFFFFFFFFU};
  EXPECT_EQ(schedule.InstantOf(9), kStart + std::chrono::seconds(1));
}

TEST(TickScheduleTest, ATickIsDueFromItsInstantOn) {
  for (const double rate : {0.3, 3.0, 7.0, 25.0, 29.97, 30.0, 1000.0 / 3}) {
    const TickSchedule schedule{kStart, rate, 100};
    EXPECT_EQ(schedule.LastDue(kStart - std::chrono::nanoseconds(1)), 99U);
    for (Tick tick = 101; tick < 20'000; ++tick) {
      const Instant instant = schedule.InstantOf(tick);
      ASSERT_EQ(schedule.LastDue(instant), tick) << rate;
      ASSERT_EQ(schedule.LastDue(instant - std::chrono::nanoseconds(1)),
                tick - 1)
          << rate;
    }
  }
}

TEST(TickScheduleTest, AnUnpacedRunMayHaveReachedATickEachMillisecond) {
  const TickSchedule schedule{kStart, 0, 100};
  EXPECT_EQ(schedule.LastDue(kStart + milliseconds(250)), 350U);
}

TEST(TickScheduleTest, TickBeyondTheCalendarLiesInTheFuture) {
  const TickSchedule schedule{kStart, 1e-12, 0};
  EXPECT_GT(schedule.InstantOf(1), kStart);
  EXPECT_GT(schedule.InstantOf(0xFFFFFFFFU) + std::chrono::hours(1), kStart);
}

TEST(TickScheduleTest, LaterRunsStartBeyondEarlierOnes) {
  for (const double rate : {0.0, 25.0}) {
    const auto first = TickSchedule::StartingAt(kStart, rate);
    const auto second =
        TickSchedule::StartingAt(kStart + std::chrono::seconds(4), rate);
    const auto ticks_in_between = rate > 0 ? 4 * 25U : 4 * 1000U;
    EXPECT_EQ(second.first_tick - first.first_tick, ticks_in_between);
  }
}

}  // namespace
}  // namespace ddnn

#include "core/fusion/tick_limit.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

constexpr Instant kStart{std::chrono::hours(480000)};

TEST(TickLimitTest, UnpacedTicksAreBelievedAWindowBeyondTheWatermark) {
  const TickSchedule schedule{
      .start = kStart, .ticks_per_second = 0, .first_tick = 100};
  EXPECT_EQ(LastTickBelieved(schedule, 500, kStart), 500 + kMaxTicksAhead);
}

TEST(TickLimitTest, PacedTicksAreBelievedTenSecondsBeforeTheyFallDue) {
  const TickSchedule schedule{
      .start = kStart, .ticks_per_second = 5, .first_tick = 100};
  const auto at = [&](int s) {
    return LastTickBelieved(schedule, 99, kStart + std::chrono::seconds(s));
  };
  EXPECT_EQ(at(-3), 150U);  // the group has not begun
  EXPECT_EQ(at(0), 150U);
  EXPECT_EQ(at(2), 160U);
  EXPECT_EQ(at(3600), 100U + 18'050U);  // while no device was there
}

TEST(TickLimitTest, TicksThatWrapAroundStayInOrder) {
  const TickSchedule schedule{
      .start = kStart, .ticks_per_second = 1, .first_tick = 0xfffffffe};
  EXPECT_EQ(LastTickBelieved(schedule, 0, kStart), 8U);
}

}  // namespace
}  // namespace ddnn

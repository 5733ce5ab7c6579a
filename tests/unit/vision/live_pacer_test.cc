#include "core/vision/live_pacer.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds(1'000'000)};
constexpr Tick kFirst = 100;

TEST(LivePacerTest, NothingIsDueBeforeTheSchedule) {
  LivePacer pacer;
  EXPECT_FALSE(pacer.Take(kStart, true));
  EXPECT_FALSE(pacer.NextInstant());
}

TEST(LivePacerTest, PacedTickIsDueAtItsInstant) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  EXPECT_EQ(pacer.NextInstant(), kStart);
  EXPECT_FALSE(pacer.Take(kStart - milliseconds(1), true));
  EXPECT_EQ(pacer.Take(kStart, true)->tick, kFirst);
  EXPECT_FALSE(pacer.Take(kStart + milliseconds(99), true));
  EXPECT_EQ(pacer.NextInstant(), kStart + milliseconds(100));
  EXPECT_EQ(pacer.Take(kStart + milliseconds(100), false)->tick, kFirst + 1);
}

TEST(LivePacerTest, NewestDueTickIsTakenAndTheOthersAreMissed) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  (void)pacer.Take(kStart, true);
  const auto due = pacer.Take(kStart + milliseconds(450), true);
  EXPECT_EQ(due->tick, kFirst + 4);
  EXPECT_EQ(due->missed, 3U);
}

TEST(LivePacerTest, AClockThatWasSetBackIsFollowed) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  ASSERT_TRUE(pacer.Take(kStart + seconds(3600), true));
  EXPECT_FALSE(pacer.Take(kStart + milliseconds(1010), true));
  const auto due = pacer.Take(kStart + milliseconds(1100), true);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->tick, kFirst + 11);
  EXPECT_EQ(due->missed, 0U);
}

TEST(LivePacerTest, AClockThatWasSetBackALittleIsWaitedFor) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  ASSERT_TRUE(pacer.Take(kStart + seconds(5), true));
  EXPECT_FALSE(pacer.Take(kStart + milliseconds(500), true));
  EXPECT_EQ(pacer.NextInstant(), kStart + milliseconds(5100));
}

TEST(LivePacerTest, WhoComesLateHasMissedNothing) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  const auto due = pacer.Take(kStart + seconds(60), true);
  EXPECT_EQ(due->tick, kFirst + 600);
  EXPECT_EQ(due->missed, 0U);
}

TEST(LivePacerTest, NoTickIsTakenBeforeItsInstantAtAnyRate) {
  for (const double rate : {0.3, 3.0, 7.0, 29.97, 1000.0 / 3}) {
    const TickSchedule schedule{kStart, rate, kFirst};
    LivePacer pacer;
    pacer.Begin(schedule, kFirst - 1);
    for (Tick i = 0; i < 2000; ++i) {
      const Instant instant = schedule.InstantOf(kFirst + i);
      EXPECT_FALSE(pacer.Take(instant - std::chrono::nanoseconds(1), true));
      const auto due = pacer.Take(instant, true);
      ASSERT_TRUE(due.has_value());
      ASSERT_EQ(due->tick, kFirst + i);
      ASSERT_EQ(due->missed, 0U);
    }
  }
}

TEST(LivePacerTest, TicksWrapAround) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, 0xFFFF'FFFE}, 0xFFFF'FFFD);
  EXPECT_EQ(pacer.Take(kStart + milliseconds(350), true)->tick, 1U);
}

TEST(LivePacerTest, UnpacedTickNeedsAnImage) {
  LivePacer pacer;
  pacer.Begin({kStart, 0, kFirst}, kFirst - 1);
  EXPECT_FALSE(pacer.NextInstant());
  EXPECT_FALSE(pacer.Take(kStart, false));
  EXPECT_EQ(pacer.Take(kStart, true)->tick, kFirst);
}

TEST(LivePacerTest, UnpacedTickIsNoMoreThanOneAhead) {
  LivePacer pacer;
  pacer.Begin({kStart, 0, kFirst}, kFirst - 1);
  (void)pacer.Take(kStart, true);
  EXPECT_FALSE(pacer.Take(kStart, true));
  pacer.OnDecided(kFirst);
  EXPECT_EQ(pacer.Take(kStart, true)->tick, kFirst + 1);
}

TEST(LivePacerTest, UnpacedTicksDecidedByOthersAreLeftOut) {
  LivePacer pacer;
  pacer.Begin({kStart, 0, kFirst}, kFirst - 1);
  pacer.OnDecided(kFirst + 9);
  EXPECT_EQ(pacer.Take(kStart, true)->tick, kFirst + 10);
}

TEST(LivePacerTest, SameUnpacedScheduleAgainOffersTheUndecidedTick) {
  LivePacer pacer;
  pacer.Begin({kStart, 0, kFirst}, kFirst - 1);
  (void)pacer.Take(kStart, true);
  pacer.Begin({kStart, 0, kFirst}, kFirst - 1);
  EXPECT_EQ(pacer.Take(kStart, true)->tick, kFirst);
}

TEST(LivePacerTest, SamePacedScheduleAgainGoesOn) {
  LivePacer pacer;
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  (void)pacer.Take(kStart, true);
  pacer.Begin({kStart, 10, kFirst}, kFirst - 1);
  EXPECT_FALSE(pacer.Take(kStart, true));
}

}  // namespace
}  // namespace ddnn

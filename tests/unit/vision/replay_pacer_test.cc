#include "core/vision/replay_pacer.h"

#include <gtest/gtest.h>

#include <vector>

namespace ddnn {
namespace {

constexpr Instant kStart{std::chrono::seconds(1'000'000)};

TickSchedule Unpaced(Tick first) { return {kStart, 0.0, first}; }
TickSchedule Paced(Tick first) { return {kStart, 10.0, first}; }

/// All ticks that are due at `now`.
std::vector<Tick> TakeAll(ReplayPacer* pacer, Instant now = kStart) {
  std::vector<Tick> ticks;
  while (const auto due = pacer->Take(now)) ticks.push_back(due->tick);
  return ticks;
}

using Ticks = std::vector<Tick>;

TEST(ReplayPacerTest, NothingIsDueWithoutASchedule) {
  ReplayPacer pacer(5, 2);
  EXPECT_EQ(TakeAll(&pacer), Ticks());
  EXPECT_FALSE(pacer.NextInstant().has_value());
}

TEST(ReplayPacerTest, UnpacedRunsAWindowAheadOfTheWatermark) {
  ReplayPacer pacer(5, 2);
  pacer.Begin(Unpaced(100), 99);
  EXPECT_EQ(TakeAll(&pacer), Ticks({100, 101}));
  pacer.OnDecided(100);
  EXPECT_EQ(TakeAll(&pacer), Ticks({102}));
  pacer.OnDecided(102);
  EXPECT_EQ(TakeAll(&pacer), Ticks({103, 104}));
  EXPECT_FALSE(pacer.NextInstant().has_value());
}

TEST(ReplayPacerTest, PositionCountsFromTheFirstTick) {
  ReplayPacer pacer(5, 2);
  pacer.Begin(Unpaced(100), 99);
  EXPECT_EQ(pacer.Take(kStart)->position, 0U);
  EXPECT_EQ(pacer.Take(kStart)->position, 1U);
}

TEST(ReplayPacerTest, EndsAfterItsLength) {
  ReplayPacer pacer(3, 9);
  pacer.Begin(Unpaced(100), 99);
  EXPECT_EQ(TakeAll(&pacer), Ticks({100, 101, 102}));
  pacer.OnDecided(102);
  EXPECT_EQ(TakeAll(&pacer), Ticks());
}

TEST(ReplayPacerTest, WatermarkNeverGoesBack) {
  ReplayPacer pacer(9, 1);
  pacer.Begin(Unpaced(100), 99);
  EXPECT_EQ(TakeAll(&pacer), Ticks({100}));
  pacer.OnDecided(100);
  pacer.OnDecided(99);
  EXPECT_EQ(TakeAll(&pacer), Ticks({101}));
}

TEST(ReplayPacerTest, TicksMayWrapAround) {
  ReplayPacer pacer(4, 2);
  pacer.Begin(Unpaced(0xFFFFFFFE), 0xFFFFFFFD);
  EXPECT_EQ(TakeAll(&pacer), Ticks({0xFFFFFFFE, 0xFFFFFFFF}));
  pacer.OnDecided(0xFFFFFFFF);
  const auto due = pacer.Take(kStart);
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->tick, 0U);
  EXPECT_EQ(due->position, 2U);
  EXPECT_EQ(TakeAll(&pacer), Ticks({1}));
}

TEST(ReplayPacerTest, RunMayBeginAtTickZero) {
  ReplayPacer pacer(4, 2);
  pacer.Begin(Unpaced(0), static_cast<Tick>(-1));
  EXPECT_EQ(TakeAll(&pacer), Ticks({0, 1}));
}

TEST(ReplayPacerTest, PacedTickIsDueAtItsInstant) {
  ReplayPacer pacer(3, 1);
  pacer.Begin(Paced(100), 99);
  EXPECT_EQ(TakeAll(&pacer, kStart - milliseconds(1)), Ticks());
  EXPECT_EQ(pacer.NextInstant(), kStart);
  EXPECT_EQ(TakeAll(&pacer, kStart), Ticks({100}));
  EXPECT_EQ(pacer.NextInstant(), kStart + milliseconds(100));
  EXPECT_EQ(TakeAll(&pacer, kStart + milliseconds(99)), Ticks());
}

TEST(ReplayPacerTest, LatePacedTicksAreDueAtOnce) {
  ReplayPacer pacer(9, 1);
  pacer.Begin(Paced(100), 99);
  EXPECT_EQ(TakeAll(&pacer, kStart + milliseconds(250)),
            Ticks({100, 101, 102}));
}

TEST(ReplayPacerTest, PacedTicksDoNotWaitForTheWatermark) {
  ReplayPacer pacer(9, 1);
  pacer.Begin(Paced(100), 99);
  EXPECT_EQ(TakeAll(&pacer, kStart + milliseconds(100)), Ticks({100, 101}));
}

TEST(ReplayPacerTest, StartsAfterWhatIsDecidedAlready) {
  ReplayPacer unpaced(9, 2);
  unpaced.Begin(Unpaced(100), 103);
  EXPECT_EQ(TakeAll(&unpaced), Ticks({104, 105}));
  ReplayPacer paced(9, 2);
  paced.Begin(Paced(100), 103);
  EXPECT_EQ(TakeAll(&paced, kStart + milliseconds(500)), Ticks({104, 105}));
}

TEST(ReplayPacerTest, ReplayThatWasDecidedWholeHasEnded) {
  ReplayPacer pacer(9, 2);
  pacer.Begin(Unpaced(100), 108);
  EXPECT_EQ(TakeAll(&pacer), Ticks());
}

TEST(ReplayPacerTest, WatermarkOfAnOlderRunIsIgnored) {
  ReplayPacer pacer(9, 2);
  pacer.Begin(Unpaced(100), 12);
  EXPECT_EQ(TakeAll(&pacer), Ticks({100, 101}));
}

TEST(ReplayPacerTest, OtherScheduleStartsFromTheBeginning) {
  ReplayPacer pacer(3, 9);
  pacer.Begin(Unpaced(100), 99);
  EXPECT_EQ(TakeAll(&pacer), Ticks({100, 101, 102}));
  pacer.Begin(Unpaced(5000), 4999);
  EXPECT_EQ(TakeAll(&pacer), Ticks({5000, 5001, 5002}));
}

TEST(ReplayPacerTest, SameUnpacedScheduleOffersUndecidedTicksAgain) {
  ReplayPacer pacer(9, 3);
  pacer.Begin(Unpaced(100), 99);
  EXPECT_EQ(TakeAll(&pacer), Ticks({100, 101, 102}));
  pacer.Begin(Unpaced(100), 100);
  EXPECT_EQ(TakeAll(&pacer), Ticks({101, 102, 103}));
}

TEST(ReplayPacerTest, SamePacedScheduleGoesOn) {
  ReplayPacer pacer(9, 3);
  pacer.Begin(Paced(100), 99);
  EXPECT_EQ(TakeAll(&pacer, kStart + milliseconds(200)),
            Ticks({100, 101, 102}));
  pacer.Begin(Paced(100), 99);
  EXPECT_EQ(TakeAll(&pacer, kStart + milliseconds(300)), Ticks({103}));
}

}  // namespace
}  // namespace ddnn

#include "edge_agent/retained_run.h"

#include <gtest/gtest.h>

#include "core/fusion/tick_limit.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

constexpr Tick kFirst = 1000;
constexpr Instant kStart{std::chrono::hours(480000)};
constexpr Instant kNow = kStart + std::chrono::seconds(4);
constexpr Tick kDue = kFirst + 100;  // at kNow, of a paced run

class RetainedRunTest : public testing::Test {
 protected:
  static constexpr TickSchedule kPaced{kStart, 25, kFirst};

  RetainedRun Paced() const { return RetainedRun(bundle_, 25, &codec_); }
  void Hear(RetainedRun* former, const TickSchedule& schedule,
            Tick decided) const {
    ASSERT_TRUE(former->OnConfig(EncodeGroupConfig(
        {bundle_.tag, bundle_.device_count(), bundle_.classes, schedule, 1})));
    ASSERT_TRUE(former->OnDecided(codec_.Encode(Decided{decided})));
  }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
};

TEST_F(RetainedRunTest, NothingIsLeftAtFirst) {
  EXPECT_EQ(Paced().Resumable(kNow), std::nullopt);
  EXPECT_EQ(Paced().FirstUnused(), std::nullopt);
}

TEST_F(RetainedRunTest, TheWatermarkThatIsFurthestOnCounts) {
  RetainedRun former = Paced();
  Hear(&former, kPaced, kFirst + 50);
  former.OnKept({kPaced, kFirst + 60});
  EXPECT_EQ(former.Resumable(kNow), (RetainedRun::Run{kPaced, kFirst + 60}));
  former.OnKept({kPaced, kFirst + 40});
  EXPECT_EQ(former.Resumable(kNow), (RetainedRun::Run{kPaced, kFirst + 50}));
}

TEST_F(RetainedRunTest, WhatTheBrokerKeptComesBeforeAFileOfAnotherRun) {
  RetainedRun former = Paced();
  Hear(&former, kPaced, kFirst + 50);
  former.OnKept({{kStart, 25, kFirst + 5}, kFirst + 90});
  EXPECT_EQ(former.Resumable(kNow), (RetainedRun::Run{kPaced, kFirst + 50}));
}

TEST_F(RetainedRunTest, AWatermarkALittleAheadOfTheClockIsKept) {
  RetainedRun heard = Paced();
  Hear(&heard, kPaced, kDue + 120);
  EXPECT_EQ(heard.Resumable(kNow)->decided, kDue + 120);
  RetainedRun kept = Paced();
  kept.OnKept({kPaced, kDue + 120});
  EXPECT_EQ(kept.Resumable(kNow)->decided, kDue + 120);
}

/// The clock was set back: ticks that are due were answered already.
TEST_F(RetainedRunTest, BehindItsWatermarkARunIsOver) {
  for (const Tick ahead : {kDue + 130, kFirst + 100'000}) {
    RetainedRun heard = Paced();
    Hear(&heard, kPaced, ahead);
    EXPECT_EQ(heard.Resumable(kNow), std::nullopt);
    EXPECT_TRUE(Before(ahead, *heard.FirstUnused()));
    RetainedRun kept = Paced();
    Hear(&kept, kPaced, kFirst + 50);
    kept.OnKept({kPaced, ahead});
    EXPECT_EQ(kept.Resumable(kNow), std::nullopt);
    EXPECT_TRUE(Before(ahead, *kept.FirstUnused()));
  }
}

TEST_F(RetainedRunTest, AWatermarkBeforeTheScheduleCountsForNothing) {
  RetainedRun former = Paced();
  Hear(&former, kPaced, kFirst - 2);
  EXPECT_EQ(former.Resumable(kNow)->decided, kFirst - 1);
  former.OnKept({kPaced, kFirst + 60});
  EXPECT_EQ(former.Resumable(kNow)->decided, kFirst + 60);
}

TEST_F(RetainedRunTest, AnUnpacedRunReachesATickEachMillisecondAtMost) {
  RetainedRun former(bundle_, 0, &codec_);
  const TickSchedule unpaced{kStart, 0, kFirst};
  Hear(&former, unpaced, kFirst + 3000);
  EXPECT_EQ(former.Resumable(kNow)->decided, kFirst + 3000);
  Hear(&former, unpaced, kFirst + 10'000);
  EXPECT_EQ(former.Resumable(kNow), std::nullopt);
}

/// Its last ticks would look as if they came before its first.
TEST_F(RetainedRunTest, AWornOutRunIsNotResumed) {
  constexpr std::chrono::seconds kLongest(kLongestRun / 25);
  for (const bool worn_out : {false, true}) {
    const Instant now =
        kStart + kLongest + std::chrono::seconds(worn_out ? 1 : 0);
    RetainedRun former = Paced();
    Hear(&former, kPaced, kFirst + kLongestRun - 50);
    EXPECT_EQ(former.Resumable(now).has_value(), !worn_out);
  }
}

TEST_F(RetainedRunTest, ANewRunBeginsBeyondAllThatWasUsed) {
  RetainedRun former = Paced();
  Hear(&former, kPaced, kFirst + 50);
  EXPECT_EQ(former.FirstUnused(), kFirst + 50 + kMaxTicksAhead + 1);
  former.OnKept({kPaced, kFirst + 60});
  EXPECT_EQ(former.FirstUnused(), kFirst + 60 + kMaxTicksAhead + 1);
}

}  // namespace
}  // namespace ddnn

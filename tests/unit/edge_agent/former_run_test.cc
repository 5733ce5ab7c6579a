#include "edge_agent/former_run.h"

#include <gtest/gtest.h>

#include "core/fusion/tick_limit.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

constexpr Tick kFirst = 1000;
constexpr Instant kStart{std::chrono::hours(480000)};
constexpr Instant kNow = kStart + std::chrono::seconds(4);
constexpr Tick kDue = kFirst + 100;  // at kNow, of a paced run

class FormerRunTest : public testing::Test {
 protected:
  static constexpr TickSchedule kPaced{kStart, 25, kFirst};

  FormerRun Paced() const { return FormerRun(bundle_, 25, &codec_); }
  void Hear(FormerRun* former, const TickSchedule& schedule,
            Tick decided) const {
    ASSERT_TRUE(former->OnConfig(EncodeGroupConfig(
        {bundle_.tag, bundle_.device_count(), bundle_.classes, schedule, 1})));
    ASSERT_TRUE(former->OnDecided(codec_.Encode(Decided{decided})));
  }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
};

TEST_F(FormerRunTest, NothingIsLeftAtFirst) {
  EXPECT_EQ(Paced().Resumable(kNow), std::nullopt);
  EXPECT_EQ(Paced().FirstUnused(), std::nullopt);
}

TEST_F(FormerRunTest, TheWatermarkThatIsFurthestOnCounts) {
  FormerRun former = Paced();
  Hear(&former, kPaced, kFirst + 50);
  former.OnKept({kPaced, kFirst + 60});
  EXPECT_EQ(former.Resumable(kNow), (FormerRun::Run{kPaced, kFirst + 60}));
  former.OnKept({kPaced, kFirst + 40});
  EXPECT_EQ(former.Resumable(kNow), (FormerRun::Run{kPaced, kFirst + 50}));
}

TEST_F(FormerRunTest, WhatTheBrokerKeptComesBeforeAFileOfAnotherRun) {
  FormerRun former = Paced();
  Hear(&former, kPaced, kFirst + 50);
  former.OnKept({{kStart, 25, kFirst + 5}, kFirst + 90});
  EXPECT_EQ(former.Resumable(kNow), (FormerRun::Run{kPaced, kFirst + 50}));
}

TEST_F(FormerRunTest, NoWatermarkIsBeyondWhatIsDue) {
  FormerRun heard = Paced();
  Hear(&heard, kPaced, kDue + 200);
  EXPECT_EQ(heard.Resumable(kNow)->decided, kDue);
  FormerRun kept = Paced();
  kept.OnKept({kPaced, kDue + 200});
  EXPECT_EQ(kept.Resumable(kNow)->decided, kDue);
}

TEST_F(FormerRunTest, AnAbsurdWatermarkCountsForNothing) {
  for (const Tick absurd : {kFirst + 100'000, kFirst - 2}) {
    FormerRun former = Paced();
    Hear(&former, kPaced, absurd);
    EXPECT_EQ(former.Resumable(kNow)->decided, kFirst - 1);
    former.OnKept({kPaced, kFirst + 60});
    EXPECT_EQ(former.Resumable(kNow)->decided, kFirst + 60);
    former.OnKept({kPaced, absurd});
    EXPECT_EQ(former.Resumable(kNow)->decided, kFirst - 1);
  }
}

TEST_F(FormerRunTest, AnUnpacedRunReachesATickEachMillisecondAtMost) {
  FormerRun former(bundle_, 0, &codec_);
  const TickSchedule unpaced{kStart, 0, kFirst};
  Hear(&former, unpaced, kFirst + 3000);
  EXPECT_EQ(former.Resumable(kNow)->decided, kFirst + 3000);
  Hear(&former, unpaced, kFirst + 10'000);
  EXPECT_EQ(former.Resumable(kNow)->decided, kFirst + 4000);
}

TEST_F(FormerRunTest, ANewRunBeginsBeyondAllThatWasUsed) {
  FormerRun former = Paced();
  Hear(&former, kPaced, kFirst + 50);
  EXPECT_EQ(former.FirstUnused(), kFirst + 50 + kMaxTicksAhead + 1);
  former.OnKept({kPaced, kFirst + 60});
  EXPECT_EQ(former.FirstUnused(), kFirst + 60 + kMaxTicksAhead + 1);
}

}  // namespace
}  // namespace ddnn

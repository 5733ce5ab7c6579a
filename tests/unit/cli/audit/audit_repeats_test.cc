// What comes after a sample's end, beside it, or long after.
#include "tests/unit/cli/audit/audit_fixture.h"

namespace ddnn {
namespace {

using std::chrono::seconds;

TEST_F(AuditTest, AFlaggedRepeatIsNoDuplicate) {
  Mention(Sample(), 10);
  Answer(Sample(), 20);
  Answer(Sample(), 30, /*again=*/true);
  Decide(0, 100);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().repeats, 1U);
  EXPECT_EQ(figures().answered(), 1U);
}

TEST_F(AuditTest, AFlaggedResultMayBeTheFirst) {
  Mention(Sample(), 10);
  Answer(Sample(), 30, /*again=*/true);
  Decide(0, 100);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().repeats, 0U);
  EXPECT_EQ(figures().answered(), 1U);
}

TEST_F(AuditTest, ARepeatOfTheSameViewsWithAnotherAnswerDiffers) {
  for (int offset = 0; offset < 3; ++offset) {
    Mention(Sample(offset), 10);
    Answer(Sample(offset), 20);
  }
  Answer(Sample(0), 30, /*again=*/true, /*label=*/0);
  SampleResult other = Repeat(Sample(1));
  other.logits[0] += 0.5F;
  Hear(other, 30);
  SampleResult slower = Repeat(Sample(2));
  slower.latency_ms = 900;
  Hear(slower, 30);
  EXPECT_EQ(figures().repeats, 3U);
  EXPECT_EQ(figures().repeats_differ, 2U);
  EXPECT_EQ(figures().repeats_other_views, 0U);
  EXPECT_FALSE(figures().clean());
}

TEST_F(AuditTest, ARepeatOfOtherViewsOrAnotherExitIsAnAnswerOfItsOwn) {
  for (int offset = 0; offset < 2; ++offset) {
    Mention(Sample(offset), 10);
    Answer(Sample(offset), 20);
  }
  SampleResult fuller = Repeat(Sample(0), /*label=*/0);
  fuller.views_used = {0, 1, 2};
  Hear(fuller, 30);
  SampleResult deeper = Repeat(Sample(1), /*label=*/0);
  deeper.exit = Tier::kCloud;
  Hear(deeper, 30);
  Decide(1, 100);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().repeats, 2U);
  EXPECT_EQ(figures().repeats_other_views, 2U);
}

TEST_F(AuditTest, ARepeatIsComparedWithEveryEarlierAnswerToItsViews) {
  Mention(Sample(), 10);
  Answer(Sample(), 20);
  SampleResult fuller = Repeat(Sample(), /*label=*/0);
  fuller.views_used = {0, 1, 2};
  Hear(fuller, 30);
  Hear(fuller, 40);
  Answer(Sample(), 50, /*again=*/true);
  EXPECT_EQ(figures().repeats_other_views, 1U);
  EXPECT_EQ(figures().repeats_differ, 0U);
  fuller.label = 1;
  Hear(fuller, 60);
  EXPECT_EQ(figures().repeats_differ, 1U);
}

TEST_F(AuditTest, TheFirstAnswerToWhatWasLostIsNoneOfOtherViews) {
  Mention(Sample(), 10);
  Lose(Sample(), 20);
  Answer(Sample(), 30, /*again=*/true);
  EXPECT_EQ(figures().repeats, 1U);
  EXPECT_EQ(figures().repeats_other_views, 0U);
}

TEST_F(AuditTest, ASecondResultWithoutTheFlagIsADuplicate) {
  Mention(Sample(), 10);
  Answer(Sample(), 20);
  Answer(Sample(), 30);
  EXPECT_EQ(figures().duplicates, 1U);
  EXPECT_FALSE(figures().clean());
}

TEST_F(AuditTest, ALossAfterAResultIsADuplicate) {
  Mention(Sample(), 10);
  Answer(Sample(), 20);
  Lose(Sample(), 30);
  EXPECT_EQ(figures().duplicates, 1U);
  EXPECT_EQ(figures().lost(), 0U);
}

TEST_F(AuditTest, AResultAfterALossIsADuplicateUnlessFlagged) {
  for (const int offset : {0, 1}) {
    Mention(Sample(offset), 10);
    Lose(Sample(offset), 20);
    Answer(Sample(offset), 30, /*again=*/offset == 1);
  }
  EXPECT_EQ(figures().duplicates, 1U);
  EXPECT_EQ(figures().repeats, 1U);
  EXPECT_EQ(figures().answered(), 0U);
}

TEST_F(AuditTest, ASecondLossIsADuplicate) {
  Mention(Sample(), 10);
  Lose(Sample(), 20);
  Lose(Sample(), 30);
  EXPECT_EQ(figures().duplicates, 1U);
}

TEST_F(AuditTest, ASecondLossMayBeFlagged) {
  Mention(Sample(), 10);
  Lose(Sample(), 20);
  Hear(SampleLoss{Sample(), LossReason::kSilent, /*again=*/true}, 30);
  EXPECT_EQ(figures().duplicates, 0U);
  EXPECT_EQ(figures().repeats, 1U);
}

TEST_F(AuditTest, AnEndThatNobodyMentionedIsUnexpected) {
  Answer(Sample(0, 3), 20);
  Lose(Sample(0, 4), 20);
  Decide(0, 100);
  PassTime(5000);
  EXPECT_EQ(figures().unexpected, 2U);
  EXPECT_FALSE(figures().clean());
}

TEST_F(AuditTest, AMentionMayBeHeardAfterTheResult) {
  Answer(Sample(), 20);
  Mention(Sample(), 21);
  Decide(0, 100);
  EXPECT_TRUE(Finish().clean());
}

TEST_F(AuditTest, WhatCameJustBeforeTheEndIsInFlight) {
  Mention(Sample(0), 10'000);
  Mention(Sample(1), 14'000);
  EXPECT_EQ(Finish(15'500).unaccounted, 1U);
  EXPECT_EQ(figures().in_flight, 1U);
}

TEST_F(AuditTest, WhatHasNoEventYetIsOpen) {
  for (int offset = 0; offset < 4; ++offset) Mention(Sample(offset), 10);
  Answer(Sample(0), 20);
  Lose(Sample(1), 20);
  Unhear(2, 2, {0}, 20);
  EXPECT_EQ(audit_.open(), 1U);
  Decide(3, 30);
  PassTime(5000);
  EXPECT_EQ(audit_.open(), 0U);
}

TEST_F(AuditTest, ScoresOfAnotherBundleAreNotThisGroups) {
  Hear(HeardScores{0, {kTag + 1, {first_}, {Sample()}}}, 10);
  EXPECT_EQ(Finish().mentioned, 0U);
  EXPECT_EQ(figures().foreign, 1U);
}

TEST_F(AuditTest, ATickFarAheadIsNoSample) {
  Mention(Sample(0), 10);
  Mention(Sample(10 * 20), 10);
  Answer(Sample(0), 20);
  Decide(0, 30);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().mentioned, 1U);
  EXPECT_EQ(figures().implausible, 1U);
}

TEST_F(AuditTest, TheLongestPauseIsBetweenFirstResults) {
  for (int offset = 0; offset < 3; ++offset) Mention(Sample(offset), 10);
  Answer(Sample(0), 100);
  Answer(Sample(1), 400);
  Answer(Sample(0), 5000, /*again=*/true);
  Answer(Sample(2), 1000);
  EXPECT_EQ(figures().longest_pause, milliseconds(600));
}

TEST_F(AuditTest, WhileItWasAwayNothingIsUnaccountedOrUnexpected) {
  Mention(Sample(0), 10);
  audit_.OnDisconnected(kStart + milliseconds(20));
  audit_.OnConnected(kStart + milliseconds(900));
  Answer(Sample(1), 950);
  Mention(Sample(9), 910);
  Decide(9, 1000);
  EXPECT_EQ(Finish().unjudged, 3U);
  EXPECT_TRUE(figures().clean());
}

TEST_F(AuditTest, WhatComesLongAfterItsReturnIsJudged) {
  audit_.OnDisconnected(kStart + milliseconds(20));
  audit_.OnConnected(kStart + milliseconds(900));
  Mention(Sample(20), 2000);
  Decide(20, 2100);
  Answer(Sample(300), 30'000);
  EXPECT_EQ(Finish().unaccounted, 1U);
  EXPECT_EQ(figures().unexpected, 1U);
  EXPECT_EQ(figures().unjudged, 0U);
}

TEST_F(AuditTest, AResumedScheduleIsTheSame) {
  Mention(Sample(0), 10);
  Answer(Sample(0), 20);
  Begin(first_);
  Answer(Sample(0), 40, /*again=*/true);
  EXPECT_EQ(figures().schedules, 1U);
  EXPECT_EQ(figures().repeats, 1U);
}

TEST_F(AuditTest, ALaterScheduleLeavesTheOldSamplesToBeAccountedFor) {
  Mention(Sample(0), 10);
  Mention(Sample(1), 10);
  Answer(Sample(0), 20);
  Begin(first_ + 500, 50'000);
  Hear(HeardWatermark{first_ + 499}, 50'000);
  PassTime(53'000);
  EXPECT_EQ(figures().schedules, 2U);
  EXPECT_EQ(figures().unaccounted, 1U);
}

TEST_F(AuditTest, AScheduleWhoseTicksComeAgainStartsAnew) {
  Mention(Sample(5), 500);
  Answer(Sample(5), 510);
  Mention(Sample(6), 600);
  Begin(first_, 5000);
  EXPECT_EQ(figures().unaccounted, 1U);
  Mention(Sample(5), 5500);
  Answer(Sample(5), 5510);
  Decide(6, 5600);
  EXPECT_EQ(Finish().duplicates, 0U);
  EXPECT_EQ(figures().mentioned, 3U);
  EXPECT_EQ(figures().answered(), 2U);
}

TEST_F(AuditTest, ItRemembersForAWhileAndNotForEver) {
  for (int offset = 0; offset < 2; ++offset) {
    Mention(Sample(offset), 10);
    Answer(Sample(offset), 20);
  }
  Decide(1, 100);
  PassTime(3100 + 59'000);
  Answer(Sample(0), 3100 + 59'000);
  EXPECT_EQ(figures().duplicates, 1U);
  PassTime(3100 + 60'000);
  EXPECT_EQ(audit_.size(), 0U);
  Answer(Sample(0), 70'000, /*again=*/true);
  Answer(Sample(1), 70'000);
  Lose(Sample(1), 70'000);
  Mention(Sample(1), 70'000);
  EXPECT_EQ(figures().repeats, 1U);
  EXPECT_EQ(figures().forgotten, 2U);
  EXPECT_EQ(figures().mentioned, 2U);
  EXPECT_FALSE(figures().clean());
}

TEST_F(AuditTest, BeforeTheGroupIsKnownNothingCounts) {
  Audit audit;
  audit.OnConnected(kStart - seconds(60));
  audit.OnHeard(HeardScores{0, {kTag, {first_}, {Sample()}}}, kStart);
  audit.OnHeard(ResultOf(first_, 0, 1), kStart);
  audit.OnHeard(HeardWatermark{first_}, kStart);
  audit.Finish(kStart + seconds(60));
  EXPECT_EQ(audit.figures().mentioned, 0U);
  EXPECT_TRUE(audit.figures().clean());
}

TEST(AuditMemoryTest, BeyondTheBoundTheOldestGo) {
  Audit audit({.max_samples = 10});
  audit.OnConnected(kStart - seconds(60));
  GroupConfig config;
  config.bundle_tag = kTag;
  config.schedule = {kStart, 10, 1000};
  audit.OnHeard(config, kStart);
  for (Tick tick = 1000; tick < 1050; ++tick) {
    const Instant now = config.schedule.InstantOf(tick);
    audit.OnHeard(HeardScores{0, {kTag, {tick}, {{tick, 0}}}}, now);
    EXPECT_LE(audit.size(), 10U);
  }
  EXPECT_EQ(audit.figures().mentioned, 50U);
  EXPECT_EQ(audit.figures().unjudged, 40U);
  EXPECT_TRUE(audit.figures().clean());
}

/// The ticks wrap around in the middle of the test.
class AuditWrapTest : public AuditTest {
 protected:
  AuditWrapTest() : AuditTest(static_cast<Tick>(-3)) {}
};

TEST_F(AuditWrapTest, TicksMayWrapAround) {
  for (int offset = 0; offset < 6; ++offset) {
    Mention(Sample(offset), 100 * offset);
    if (offset != 4) Answer(Sample(offset), 100 * offset + 10);
  }
  Decide(5, 700);
  PassTime(700 + 3000);
  EXPECT_EQ(figures().mentioned, 6U);
  EXPECT_EQ(figures().unaccounted, 1U);
  Unhear(1, 4, {0}, 4000);
  EXPECT_EQ(figures().covered, 1U);
  EXPECT_TRUE(Finish().clean());
}

}  // namespace
}  // namespace ddnn

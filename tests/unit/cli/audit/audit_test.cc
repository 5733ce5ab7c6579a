#include <gmock/gmock.h>

#include "tests/unit/cli/audit/audit_fixture.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST_F(AuditTest, ASampleWithOneResultIsAccountedFor) {
  Mention(Sample(), 10);
  Answer(Sample(), 20);
  Decide(0, 30);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().mentioned, 1U);
  EXPECT_EQ(figures().answered(), 1U);
  EXPECT_EQ(figures().in_flight, 0U);
}

TEST_F(AuditTest, SeveralDevicesMentionOneSample) {
  for (int device = 0; device < 3; ++device) Mention(Sample(), 10, device);
  Mention(Sample(0, 1), 12, 2);
  EXPECT_EQ(figures().mentioned, 2U);
}

TEST_F(AuditTest, ResultsAreCountedByExitAndStatus) {
  SampleResult result = ResultOf(first_, 0, 1);
  result.exit = Tier::kEdge;
  result.status = ResultStatus::kFallback;
  Mention(Sample(), 10);
  Hear(result, 20);
  EXPECT_EQ(figures().results[1][2], 1U);
  EXPECT_EQ(figures().answered(), 1U);
}

TEST_F(AuditTest, AnswersBeyondTheDeadlineAreCounted) {
  for (const auto& [object, latency_ms] : {std::pair(0, 2100.0), {1, 2100.1}}) {
    SampleResult result =
        ResultOf(first_, static_cast<ObjectNumber>(object), 1);
    result.latency_ms = latency_ms;
    Mention(result.sample, 10);
    Hear(result, 2200);
  }
  EXPECT_EQ(figures().late_answers, 1U);
  Hear(Repeat(Sample(0, 1)), 2300);  // the first answer counts
  EXPECT_EQ(figures().late_answers, 1U);
  Decide(0, 2300);
  EXPECT_TRUE(Finish().clean());
}

TEST_F(AuditTest, ALossIsAnEndAndItsReasonIsCounted) {
  Mention(Sample(), 10);
  Lose(Sample(), 20);
  Decide(0, 30);
  EXPECT_TRUE(Finish().clean());
  EXPECT_THAT(figures().losses, ElementsAre(Pair("silent", 1)));
}

TEST_F(AuditTest, ASampleWithoutAnEndIsUnaccountedOnceTheGraceIsOver) {
  Mention(Sample(), 10);
  Decide(0, 100);
  PassTime(100 + 2999);
  EXPECT_EQ(figures().unaccounted, 0U);
  PassTime(100 + 3000);
  EXPECT_EQ(figures().unaccounted, 1U);
  EXPECT_FALSE(figures().clean());
}

TEST_F(AuditTest, NothingIsJudgedBeforeTheWatermarkPassesIt) {
  Mention(Sample(), 10);
  Mention(Sample(1), 110);
  Decide(0, 120);
  PassTime(60'000);
  EXPECT_EQ(figures().unaccounted, 1U);
}

TEST_F(AuditTest, AnEndThatComesAfterTheVerdictMendsIt) {
  for (int offset = 0; offset < 3; ++offset) Mention(Sample(offset), 10);
  Decide(2, 100);
  PassTime(5000);
  ASSERT_EQ(figures().unaccounted, 3U);
  Answer(Sample(0), 6000);
  Lose(Sample(1), 6000);
  Unhear(2, 2, {0}, 6000);
  EXPECT_EQ(figures().unaccounted, 0U);
  EXPECT_EQ(figures().covered, 1U);
  EXPECT_TRUE(Finish().clean());
}

TEST_F(AuditTest, ALateMentionHasAGraceOfItsOwn) {
  Mention(Sample(1), 10);
  Decide(1, 100);
  PassTime(5000);
  Mention(Sample(0), 5000);
  PassTime(7999);
  EXPECT_EQ(figures().unaccounted, 1U);
  PassTime(8000);
  EXPECT_EQ(figures().unaccounted, 2U);
}

TEST_F(AuditTest, AMentionBetweenWatermarkAndVerdictHasAGraceOfItsOwn) {
  Decide(0, 100);
  Mention(Sample(), 3000);
  PassTime(3100);
  EXPECT_EQ(figures().unaccounted, 0U);
  PassTime(6000);
  EXPECT_EQ(figures().unaccounted, 1U);
}

TEST_F(AuditTest, ASampleOfficiallyUnheardIsCovered) {
  Mention(Sample(5), 510, 1);
  Unhear(0, 9, {0, 1}, 600);
  Decide(9, 1000);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().covered, 1U);
  EXPECT_EQ(figures().range_losses, 1U);
}

TEST_F(AuditTest, ARangeLossMayComeBeforeTheMention) {
  Unhear(0, 9, {1}, 400);
  Mention(Sample(5), 510, 1);
  Decide(9, 1000);
  EXPECT_EQ(Finish().covered, 1U);
}

TEST_F(AuditTest, ARangeCoversItsFirstAndLastTickAndNoOther) {
  for (int offset = 0; offset < 4; ++offset) Mention(Sample(offset), 400);
  Unhear(1, 2, {0}, 500);
  Decide(3, 1000);
  EXPECT_EQ(Finish().covered, 2U);
  EXPECT_EQ(figures().unaccounted, 2U);
}

TEST_F(AuditTest, WhatAnotherDeviceSaidTooIsNotCovered) {
  Mention(Sample(), 10, 0);
  Mention(Sample(), 10, 1);
  Unhear(0, 0, {0}, 50);
  Decide(0, 100);
  EXPECT_EQ(Finish().unaccounted, 1U);
}

TEST_F(AuditTest, SeveralRangesCoverWhatSeveralDevicesSaid) {
  Mention(Sample(), 10, 0);
  Mention(Sample(), 10, 1);
  Unhear(0, 0, {0}, 50);
  Unhear(0, 4, {1, 2}, 60);
  Decide(0, 100);
  EXPECT_EQ(Finish().covered, 1U);
  EXPECT_EQ(figures().unaccounted, 0U);
}

TEST_F(AuditTest, OfAnUnknownDeviceAnyRangeCovers) {
  Mention(Sample(), 10, -1);
  Unhear(0, 0, {2}, 50);
  Decide(0, 100);
  EXPECT_EQ(Finish().covered, 1U);
}

TEST_F(AuditTest, AnEndOfItsOwnCountsMoreThanARange) {
  Mention(Sample(0), 10);
  Mention(Sample(1), 10);
  Unhear(0, 1, {0}, 50);
  Answer(Sample(0), 60);
  Lose(Sample(1), 60);
  Decide(1, 100);
  EXPECT_TRUE(Finish().clean());
  EXPECT_EQ(figures().covered, 0U);
  EXPECT_EQ(figures().answered(), 1U);
  EXPECT_EQ(figures().lost(), 1U);
}

}  // namespace
}  // namespace ddnn

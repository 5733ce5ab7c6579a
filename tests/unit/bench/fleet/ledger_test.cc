#include "bench/fleet/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace ddnn {
namespace {

constexpr Instant kStart{std::chrono::seconds(1000)};
constexpr Tick kFirst = 50;

/// Two groups of 8 ticks a second; the second one begins 20 ms later.
class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() {
    ledger_.OnSchedule(0, {kStart, 8, kFirst});
    ledger_.OnSchedule(1, {kStart + milliseconds(20), 8, kFirst});
  }

  void Answer(int group, SampleId sample, int heard_ms,
              ResultStatus status = ResultStatus::kOk,
              Tier exit = Tier::kDevice) {
    SampleResult result;
    result.sample = sample;
    result.exit = exit;
    result.status = status;
    result.latency_ms = heard_ms - 1;
    const Tick ticks = sample.tick - kFirst;
    ledger_.OnResult(group, result,
                     kStart + milliseconds(20 * group) +
                         milliseconds(125 * static_cast<int>(ticks)) +
                         milliseconds(heard_ms));
  }
  void SeeAndAnswer(int group, SampleId sample, int heard_ms) {
    ledger_.OnSeen(group, sample);
    Answer(group, sample, heard_ms);
  }
  FleetFigures All() const {
    return ledger_.Summarize(kStart, kStart + std::chrono::seconds(20));
  }
  ExitFigures Local(const FleetFigures& figures) const {
    return figures.exits[static_cast<std::size_t>(Tier::kDevice)];
  }

  Ledger ledger_{2};
};

TEST(QuantilesTest, AreValuesOfTheNearestRank) {
  std::vector<double> values;
  for (int i = 200; i > 0; --i) values.push_back(i);
  const Quantiles quantiles = QuantilesOf(values);
  EXPECT_EQ(quantiles.count, 200U);
  EXPECT_EQ(quantiles.p50, 100);
  EXPECT_EQ(quantiles.p90, 180);
  EXPECT_EQ(quantiles.p99, 198);
  EXPECT_EQ(quantiles.max, 200);
}

TEST(QuantilesTest, OfOneValueAreThatAndOfNoneZero) {
  EXPECT_EQ(QuantilesOf({7}).p50, 7);
  EXPECT_EQ(QuantilesOf({7}).p99, 7);
  EXPECT_EQ(QuantilesOf({}).count, 0U);
  EXPECT_EQ(QuantilesOf({}).max, 0);
}

TEST(LedgerStartTest, AllHaveBegunOnceEveryScheduleIsKnown) {
  Ledger ledger(2);
  EXPECT_FALSE(ledger.AllBegun());
  ledger.OnSchedule(1, {kStart, 10, kFirst});
  EXPECT_FALSE(ledger.AllBegun());
  ledger.OnSchedule(0, {kStart + milliseconds(5), 10, kFirst});
  EXPECT_EQ(ledger.AllBegun(), kStart + milliseconds(5));
}

TEST(LedgerStartTest, PhasesCountFromTheFirstGroupWithinAPeriod) {
  Ledger ledger(3);
  ledger.OnSchedule(0, {kStart, 10, kFirst});
  ledger.OnSchedule(1, {kStart + milliseconds(230), 10, kFirst});
  ledger.OnSchedule(2, {kStart - milliseconds(10), 10, kFirst});
  EXPECT_THAT(ledger.Phases(), ::testing::ElementsAre(0, 30, 90));
}

TEST_F(LedgerTest, KnowsTheFirstTickFromAnInstantOn) {
  EXPECT_EQ(ledger_.TickFrom(0, kStart + milliseconds(250)), kFirst + 2);
  EXPECT_EQ(ledger_.TickFrom(0, kStart + milliseconds(251)), kFirst + 3);
  EXPECT_EQ(ledger_.TickFrom(1, kStart + milliseconds(251)), kFirst + 2);
}

TEST_F(LedgerTest, ASampleThatManyDevicesSeeCountsOnce) {
  ledger_.OnSeen(0, {kFirst, 0});
  ledger_.OnSeen(0, {kFirst, 0});
  ledger_.OnSeen(0, {kFirst, 1});
  ledger_.OnSeen(1, {kFirst, 0});
  EXPECT_EQ(All().samples, 3U);
  EXPECT_EQ(All().missing, 3U);
  EXPECT_FALSE(All().clean());
}

TEST_F(LedgerTest, OneAnswerToEachSampleIsClean) {
  SeeAndAnswer(0, {kFirst, 0}, 5);
  SeeAndAnswer(1, {kFirst, 0}, 5);
  const FleetFigures figures = All();
  EXPECT_EQ(figures.samples, 2U);
  EXPECT_EQ(figures.answered, 2U);
  EXPECT_TRUE(figures.clean());
}

TEST_F(LedgerTest, AnswersBeyondTheFirstAreDuplicates) {
  SeeAndAnswer(0, {kFirst, 0}, 5);
  Answer(0, {kFirst, 0}, 50);
  const FleetFigures figures = All();
  EXPECT_EQ(figures.answered, 1U);
  EXPECT_EQ(figures.duplicates, 1U);
  EXPECT_EQ(Local(figures).heard.all.max, 5);
  EXPECT_FALSE(figures.clean());
}

TEST_F(LedgerTest, ALostSampleIsNotMissing) {
  ledger_.OnSeen(0, {kFirst, 0});
  ledger_.OnLoss(0, {kFirst, 0});
  EXPECT_EQ(All().lost, 1U);
  EXPECT_EQ(All().missing, 0U);
  EXPECT_FALSE(All().clean());
}

TEST_F(LedgerTest, AnAnswerThatNobodyAskedForIsUnexpected) {
  Answer(0, {kFirst, 3}, 5);
  EXPECT_EQ(All().unexpected, 1U);
  EXPECT_EQ(All().samples, 0U);
  EXPECT_EQ(Local(All()).heard.all.count, 0U);
  EXPECT_FALSE(All().clean());
}

TEST_F(LedgerTest, DegradedAnswersAndFallbacksAreNotClean) {
  ledger_.OnSeen(0, {kFirst, 0});
  Answer(0, {kFirst, 0}, 5, ResultStatus::kDegraded);
  EXPECT_EQ(All().degraded, 1U);
  EXPECT_FALSE(All().clean());
  ledger_.OnSeen(0, {kFirst, 1});
  Answer(0, {kFirst, 1}, 2000, ResultStatus::kFallback);
  EXPECT_EQ(All().fallbacks, 1U);
  EXPECT_EQ(Local(All()).heard.all.max, 5) << "a fallback is no local exit";
}

TEST_F(LedgerTest, LatencyCountsFromTheTicksInstantInItsGroup) {
  SeeAndAnswer(1, {kFirst + 7, 0}, 12);
  const ExitFigures local = Local(All());
  EXPECT_EQ(local.heard.all.p50, 12);
  EXPECT_EQ(local.decided.all.p50, 11);
}

TEST_F(LedgerTest, ExitsAreKeptApart) {
  SeeAndAnswer(0, {kFirst, 0}, 3);
  ledger_.OnSeen(0, {kFirst, 1});
  Answer(0, {kFirst, 1}, 30, ResultStatus::kOk, Tier::kCloud);
  const FleetFigures figures = All();
  EXPECT_EQ(Local(figures).heard.all.max, 3);
  EXPECT_EQ(figures.exits[static_cast<std::size_t>(Tier::kCloud)].heard.all.max,
            30);
}

TEST_F(LedgerTest, TheWorstGroupShowsThoughAllTogetherLookWell) {
  for (Tick tick = 0; tick < 99; ++tick) {
    SeeAndAnswer(0, {kFirst + tick, 0}, 2);
  }
  SeeAndAnswer(1, {kFirst, 0}, 80);
  const ExitFigures local = Local(All());
  EXPECT_EQ(local.heard.all.p99, 2);
  EXPECT_EQ(local.heard.worst_group_p99, 80);
}

TEST_F(LedgerTest, OnlyTicksOfTheWindowCount) {
  for (Tick tick = 0; tick < 5; ++tick) ledger_.OnSeen(0, {kFirst + tick, 0});
  const FleetFigures figures =
      ledger_.Summarize(kStart + milliseconds(125), kStart + milliseconds(375));
  EXPECT_EQ(figures.samples, 2U);
}

TEST_F(LedgerTest, ASecondScheduleDoesNotMoveTheFirst) {
  SeeAndAnswer(0, {kFirst, 0}, 4);
  ledger_.OnSchedule(0, {kStart + std::chrono::seconds(5), 8, kFirst + 40});
  EXPECT_EQ(Local(All()).heard.all.max, 4);
}

}  // namespace
}  // namespace ddnn

#include "cli/scoreboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

constexpr int kCar = 0;
constexpr int kPerson = 1;

/// The truth is person, car, car, person.
class ScoreboardTest : public ::testing::Test {
 protected:
  void AnswerAllRightly() {
    for (std::size_t i = 0; i < 4; ++i) {
      board_.AddResult(i, ResultOf(0, 0, tiny_.replay.RowOf(i).label));
    }
  }

  TinyReplay tiny_;
  Scoreboard board_{tiny_.replay, tiny_.bundle};
};

TEST_F(ScoreboardTest, AllRightIsAccuracyOne) {
  AnswerAllRightly();
  const Summary summary = board_.Summarize();
  EXPECT_TRUE(board_.complete());
  EXPECT_EQ(summary.samples, 4);
  EXPECT_EQ(summary.overall, 1.0);
  EXPECT_EQ(summary.balanced, 1.0);
  EXPECT_EQ(summary.by_class[0].second.total, 2);
  EXPECT_EQ(summary.by_source.front().first, "moving");
}

TEST_F(ScoreboardTest, BalancedIsTheMeanOverCarsAndPeople) {
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.AddResult(1, ResultOf(0, 1, kPerson));
  board_.AddResult(2, ResultOf(1, 0, kCar));
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.balanced, 0.75);
  EXPECT_DOUBLE_EQ(*summary.overall, 2.0 / 3);
}

TEST_F(ScoreboardTest, AnEmptyClassLeavesBalancedUnknown) {
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  EXPECT_EQ(board_.Summarize().balanced, std::nullopt);
}

TEST_F(ScoreboardTest, NothingAnsweredIsUnknownNotNaN) {
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.overall, std::nullopt);
  EXPECT_EQ(summary.accuracy[0], std::nullopt);
  EXPECT_EQ(summary.exit_share[0], std::nullopt);
  EXPECT_EQ(summary.content_bytes, std::nullopt);
}

TEST_F(ScoreboardTest, TheFirstAnswerCountsAndLaterOnesAreDuplicates) {
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.AddResult(0, ResultOf(0, 0, kCar));
  EXPECT_EQ(board_.running().duplicates, 1);
  EXPECT_EQ(board_.running().results, 1);
  EXPECT_EQ(board_.Summarize().overall, 1.0);
}

TEST_F(ScoreboardTest, ALostSampleCountsAsNotRight) {
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.AddLoss(1);
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.samples, 2);
  EXPECT_EQ(summary.lost, 1);
  EXPECT_EQ(summary.overall, 0.5);
  EXPECT_EQ(summary.accuracy[0], std::nullopt);
}

TEST_F(ScoreboardTest, AnExitThatNotAllReachedHasNoAccuracy) {
  AnswerAllRightly();
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.accuracy[0], 1.0);
  EXPECT_EQ(summary.accuracy[2], std::nullopt);
}

TEST_F(ScoreboardTest, LabelsThatTheEvaluatorSetGiveEachExitsAccuracy) {
  AnswerAllRightly();
  for (std::size_t i = 0; i < 4; ++i) {
    board_.SetExitLabel(i, Tier::kCloud, kCar);
  }
  EXPECT_EQ(board_.Summarize().accuracy[2], 0.5);
}

TEST_F(ScoreboardTest, SharesSumToOneWithFallbacksApart) {
  SampleResult cloud = ResultOf(0, 1, kCar);
  cloud.exit = Tier::kCloud;
  SampleResult fallback = ResultOf(1, 0, kCar);
  fallback.status = ResultStatus::kFallback;
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.AddResult(1, cloud);
  board_.AddResult(2, fallback);
  board_.AddResult(3, ResultOf(1, 1, kPerson));
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.exit_share[0], 0.5);
  EXPECT_EQ(summary.exit_share[1], 0.0);
  EXPECT_EQ(summary.exit_share[2], 0.25);
  EXPECT_EQ(summary.fallback_share, 0.25);
}

TEST_F(ScoreboardTest, FormulaBytesFollowThePaper) {
  SampleResult cloud = ResultOf(0, 1, kCar);
  cloud.exit = Tier::kCloud;
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.AddResult(1, cloud);
  // 4 |C| + (1 - l) f o / 8 with |C| = 2, l = 1/2, f = 4, o = 16 * 16.
  EXPECT_EQ(board_.Summarize().formula_bytes, 8 + 0.5 * 128);
}

TEST_F(ScoreboardTest, ContentBytesArePerDeviceSample) {
  AnswerAllRightly();
  EXPECT_EQ(board_.Summarize().content_bytes, 4 * 8 / (4 * 2.0));
}

TEST_F(ScoreboardTest, LatenciesAreKeptByExit) {
  SampleResult cloud = ResultOf(0, 1, kCar);
  cloud.exit = Tier::kCloud;
  cloud.latency_ms = 30;
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.AddResult(1, cloud);
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.latency_ms[0].p99, 2.0);
  EXPECT_EQ(summary.latency_ms[1].p99, std::nullopt);
  EXPECT_EQ(summary.latency_ms[2].p50, 30.0);
}

TEST_F(ScoreboardTest, ClosingTheBooksLosesWhatLivingDevicesSaw) {
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  board_.CloseBooks({false, false});
  EXPECT_TRUE(board_.complete());
  EXPECT_EQ(board_.Summarize().lost, 3);
}

TEST_F(ScoreboardTest, ClosingTheBooksCountsWhatOnlyDeadDevicesSawAsBlind) {
  board_.CloseBooks({true, false});
  const Summary summary = board_.Summarize();
  EXPECT_EQ(summary.blind, 1);  // sample 10: cam0 alone
  EXPECT_EQ(summary.lost, 3);
  EXPECT_EQ(summary.samples, 3);
}

TEST(ScoreboardBlindTest, OnlyWhatRanCountsAsBlind) {
  TinyDataSet data;
  data.Edit("splits.csv", "13,train", "13,test");  // nobody sees it
  const Bundle bundle = TinyBundle();
  const Replay replay(bundle, ReadReplayRows(data.root(), "time:test"), 10);
  ASSERT_EQ(replay.blind(), 2);
  Scoreboard board(replay, bundle);
  EXPECT_EQ(board.Summarize().blind, 0);
  for (std::size_t i = 0; i < 5; ++i) {
    board.AddResult(i, ResultOf(0, 0, kCar));
  }
  EXPECT_EQ(board.Summarize().blind, 1);
  board.CloseBooks({false, false});
  EXPECT_EQ(board.Summarize().blind, 2);
}

TEST_F(ScoreboardTest, PredictionsComeInReplayOrder) {
  board_.AddResult(2, ResultOf(1, 0, kCar));
  board_.AddResult(0, ResultOf(0, 0, kPerson));
  EXPECT_EQ(board_.PredictionsCsv(),
            "sample_id,exit,status,class,eta,logits\n"
            "11,local,ok,person,0.25,0.1 -2.5\n"
            "10,local,ok,car,0.25,0.1 -2.5\n");
}

TEST_F(ScoreboardTest, PredictedLogitsParseBackExactly) {
  SampleResult result = ResultOf(0, 0, kCar);
  result.logits = {1.0F / 3, -1.17549435e-38F};
  board_.AddResult(0, result);
  const std::string csv = board_.PredictionsCsv();
  std::istringstream logits(csv.substr(csv.rfind(',') + 1));
  for (const float expected : result.logits) {
    std::string text;
    logits >> text;
    EXPECT_EQ(std::strtof(text.c_str(), nullptr), expected);
  }
}

TEST(ScoreboardCsvTest, ClassNamesWithCommasAreQuoted) {
  TinyReplay tiny;
  tiny.bundle.classes = {"car, parked", "person"};
  Scoreboard board(tiny.replay, tiny.bundle);
  board.AddResult(0, ResultOf(0, 0, kCar));
  EXPECT_THAT(board.PredictionsCsv(), HasSubstr("ok,\"car, parked\",0.25"));
}

}  // namespace
}  // namespace ddnn

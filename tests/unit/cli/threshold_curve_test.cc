#include "cli/threshold_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

/// Local right at eta 0.2 and 0.4, wrong at 0.6 and 0.8; the cloud right but
/// for the first.
const ExitAnswers kAnswers{{{0.2F, true}, {0.5F, false}},
                           {{0.4F, true}, {0.5F, true}},
                           {{0.6F, false}, {0.5F, true}},
                           {{0.8F, false}, {0.5F, true}}};

std::vector<CurvePoint> Curve() {
  return CurveOf(MakeTestBundle(), kAnswers, {});
}

float PickedT(const std::string& target) {
  const auto curve = Curve();
  return curve[PickPoint(curve, ParseTuneTarget(target))].threshold;
}

TEST(ThresholdCurveTest, HasAPointForEveryWayToDivideTheSamples) {
  const auto curve = Curve();
  ASSERT_EQ(curve.size(), 5U);
  const std::vector<float> thresholds{0, 0.3F, 0.5F, 0.7F, 1};
  const std::vector<int> correct{3, 4, 4, 3, 2};
  for (std::size_t i = 0; i < curve.size(); ++i) {
    EXPECT_FLOAT_EQ(curve[i].threshold, thresholds[i]);
    EXPECT_EQ(curve[i].exits, static_cast<int>(i));
    EXPECT_EQ(curve[i].correct, correct[i]);
  }
  EXPECT_DOUBLE_EQ(curve[1].accuracy, 1.0);
  EXPECT_DOUBLE_EQ(curve[1].exit_share, 0.25);
}

TEST(ThresholdCurveTest, BytesFollowThePaper) {
  const auto curve = Curve();
  EXPECT_DOUBLE_EQ(curve.front().bytes, 140);
  EXPECT_DOUBLE_EQ(curve.back().bytes, 12);
}

TEST(ThresholdCurveTest, WithoutALocalExitEveryMapIsSent) {
  const Bundle bundle = MakeTestBundle({.edges = 1, .local_exit = false});
  EXPECT_DOUBLE_EQ(CurveOf(bundle, kAnswers, {}).back().bytes, 140);
}

TEST(ThresholdCurveTest, EqualEtasStayTogether) {
  const ExitAnswers answers{{{0.5F, true}, {0, true}},
                            {{0.5F, false}, {0, true}}};
  const auto curve = CurveOf(MakeTestBundle(), answers, {});
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_EQ(curve[0].exits, 0);
  EXPECT_EQ(curve[1].exits, 2);
}

TEST(ThresholdCurveTest, SamplesOfEtaZeroLeaveAtAnyT) {
  const ExitAnswers answers{{{0, true}, {0, false}}, {{0.5F, true}, {0, true}}};
  const auto curve = CurveOf(MakeTestBundle(), answers, {});
  EXPECT_EQ(curve.front().exits, 1);
  EXPECT_GE(curve.front().threshold, 0);
}

TEST(ThresholdCurveTest, AnswersBehindAnEdgeExitCountAsTheyLeave) {
  // The edge is right where it is sure, the cloud where it is not.
  const ExitAnswers answers{{{0.3F, false}, {0.2F, true}, {0, false}},
                            {{0.6F, false}, {0.8F, false}, {0, true}}};
  const auto deeper = ChooseDeeperThresholds(answers);
  ASSERT_EQ(deeper.size(), 1U);
  EXPECT_FLOAT_EQ(deeper[0], 0.5F);
  const Bundle bundle = MakeTestBundle({.edges = 1});
  EXPECT_EQ(CurveOf(bundle, answers, deeper).front().correct, 2);
  EXPECT_EQ(CurveOf(bundle, answers, {1.0F}).front().correct, 1);
}

TEST(ThresholdCurveTest, OfEqualEdgeThresholdsTheLargestIsTaken) {
  const ExitAnswers answers{{{0.3F, true}, {0.2F, true}, {0, true}}};
  EXPECT_EQ(ChooseDeeperThresholds(answers).front(), 1.0F);
}

TEST(PickPointTest, AccuracyTakesTheMostEarlyExits) {
  EXPECT_FLOAT_EQ(PickedT("accuracy=1"), 0.5F);
  EXPECT_FLOAT_EQ(PickedT("accuracy=0.75"), 0.7F);
}

TEST(PickPointTest, BytesTakeTheMostAccurate) {
  EXPECT_FLOAT_EQ(PickedT("bytes=140"), 0.5F);
  EXPECT_FLOAT_EQ(PickedT("bytes=50"), 0.7F);
}

TEST(PickPointTest, LocalExitsTakeTheMostAccurate) {
  EXPECT_FLOAT_EQ(PickedT("local_exit=0.6"), 0.7F);
  EXPECT_FLOAT_EQ(PickedT("local_exit=1"), 1.0F);
}

TEST(PickPointTest, OutOfReachTakesTheNearest) {
  const auto curve = Curve();
  const TuneTarget target = ParseTuneTarget("bytes=5");
  const CurvePoint& nearest = curve[PickPoint(curve, target)];
  EXPECT_FALSE(target.MetBy(nearest));
  EXPECT_FLOAT_EQ(nearest.threshold, 1.0F);
}

TEST(ParseTuneTargetTest, RefusesWhatIsNoTarget) {
  for (const char* text :
       {"", "accuracy", "accuracy=", "accuracy=x", "accuracy=98", "accuracy=-1",
        "local_exit=1.1", "bytes=-1", "bytes=nan", "speed=1", "bytes=4x"}) {
    try {
      ParseTuneTarget(text);
      ADD_FAILURE() << text;
    } catch (const CommandError& e) {
      EXPECT_EQ(e.code(), kExitUsage);
      EXPECT_THAT(e.what(), HasSubstr("--target"));
    }
  }
}

TEST(CurveTextTest, CsvHasALineForEachPoint) {
  const std::string csv = CurveCsv(Curve());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 6);
  EXPECT_THAT(csv, HasSubstr("0.3,1,4,0.25,1,108\n"));
}

TEST(CurveTextTest, TableMarksWhatIsTaken) {
  const std::string table = CurveTable(Curve(), 2);
  EXPECT_THAT(table, HasSubstr("0.5000         50.0      100.0     76.0  <-"));
}

TEST(CurveTextTest, TableOfALongCurveStaysShort) {
  ExitAnswers answers;
  for (int i = 1; i <= 1000; ++i) {
    answers.push_back({{static_cast<float>(i) / 1001, true}, {0, true}});
  }
  const auto curve = CurveOf(MakeTestBundle(), answers, {});
  const std::string table = CurveTable(curve, 555);
  EXPECT_LE(std::count(table.begin(), table.end(), '\n'), 13);
  EXPECT_THAT(table, HasSubstr("<- taken"));
}

}  // namespace
}  // namespace ddnn

#include "cli/tune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/curve_figure.h"
#include "cli/evaluate.h"
#include "core/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

class TuneTest : public testing::Test {
 protected:
  TuneTest() { EXPECT_TRUE(WriteBundle(tiny_.bundle, folder_ / "in.ddnn")); }
  TuneOptions Options(const std::string& target) const {
    TuneOptions options;
    options.bundle = folder_ / "in.ddnn";
    options.dataset = tiny_.data.root();
    options.split = "time:test";
    options.target = target;
    options.out = folder_ / "out.ddnn";
    return options;
  }
  std::string FaultOf(const TuneOptions& options, ExitCode code) const {
    try {
      RunTune(options);
    } catch (const CommandError& e) {
      EXPECT_EQ(e.code(), code);
      return e.what();
    }
    return "none";
  }

  TinyReplay tiny_;
  TempFolder folder_;
};

TEST_F(TuneTest, WritesThresholdsThatReachTheTarget) {
  ASSERT_EQ(RunTune(Options("local_exit=0.5")), kExitOk);
  const auto tuned = ReadBundle(folder_ / "out.ddnn");
  ASSERT_TRUE(tuned);
  EXPECT_EQ(tuned->tag, ReadBundle(folder_ / "in.ddnn")->tag);

  const auto network = std::make_shared<const Network>(*tuned);
  Scoreboard board(tiny_.replay, network->bundle());
  EvaluateReplay(network, tiny_.replay,
                 ValueOrThrow(ReadAllViews(tiny_.replay.data())), &board,
                 [](int) {});
  const Summary summary = board.Summarize();
  EXPECT_GE(summary.exit_share[0], 0.5);
  const auto record = nlohmann::json::parse(tuned->training_record);
  EXPECT_EQ(record["tuned"]["target"], "local_exit=0.5");
  EXPECT_THAT(record["tuned"]["rows"].get<std::string>(),
              HasSubstr(", time:test"));
  EXPECT_EQ(record["tuned"]["accuracy"], *summary.overall);
  EXPECT_EQ(record["tuned"]["exit_share"], *summary.exit_share[0]);
  EXPECT_EQ(record["tuned"]["formula_bytes"], *summary.formula_bytes);
}

TEST_F(TuneTest, AnswersAreThoseOfEvaluate) {
  const auto network = std::make_shared<const Network>(tiny_.bundle);
  const auto views = ValueOrThrow(ReadAllViews(tiny_.replay.data()));
  Scoreboard board(tiny_.replay, network->bundle());
  EvaluateReplay(network, tiny_.replay, views, &board, [](int) {});
  int local = 0;
  for (const auto& sample : AnswersOf(*network, tiny_.replay, views)) {
    local += sample.front().correct ? 1 : 0;
  }
  EXPECT_DOUBLE_EQ(local / 4.0, *board.Summarize().accuracy[0]);
}

TEST_F(TuneTest, AnUnreachableTargetNamesTheNearestAndWritesNothing) {
  EXPECT_THAT(FaultOf(Options("bytes=1"), kExitData),
              HasSubstr("the nearest is T = 1.0000"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.ddnn"));
}

TEST_F(TuneTest, WarnsWhereOtherRowsMissTheTarget) {
  // T lies between the etas of these rows, or beyond them all: at a split of
  // one row each, some row that T was not chosen on must stay behind.
  tiny_.data.Write("splits.csv", "sample_id,a\n10,1\n11,2\n12,3\n14,4\n");
  int warnings = 0;
  for (const char* other : {"a:1", "a:2", "a:3", "a:4"}) {
    TuneOptions options = Options("bytes=139");
    options.split = "";
    options.target = "local_exit=0.25";
    options.validation = {other};
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    ASSERT_EQ(RunTune(options), kExitOk);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(testing::internal::GetCapturedStdout(),
                HasSubstr(std::string("on ") + other + ": accuracy"));
    warnings +=
        said.find(std::string("but not on ") + other) != std::string::npos ? 1
                                                                           : 0;
  }
  const auto tuned = ReadBundle(folder_ / "out.ddnn");
  const auto record = nlohmann::json::parse(tuned->training_record);
  const double share = record["tuned"]["exit_share"];
  EXPECT_EQ(warnings, 4 - static_cast<int>(4 * share));
}

TEST_F(TuneTest, WarnsOfRowsThatTheNetworkLearntFrom) {
  Bundle bundle = tiny_.bundle;
  bundle.training_record = R"({"split":"time:test"})";
  ASSERT_TRUE(WriteBundle(bundle, folder_ / "in.ddnn"));
  testing::internal::CaptureStderr();
  RunTune(Options("local_exit=0"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("learnt from time:test"));
}

TEST_F(TuneTest, ABundleWithoutAnEarlyExitHasNothingToTune) {
  Bundle bundle =
      MakeTestBundle({.devices = 2, .classes = 2, .local_exit = false});
  bundle.classes = tiny_.bundle.classes;
  ASSERT_TRUE(WriteBundle(bundle, folder_ / "in.ddnn"));
  EXPECT_THAT(FaultOf(Options("bytes=50"), kExitData),
              HasSubstr("no early exit"));
}

TEST_F(TuneTest, FoldersAndFiguresAreCheckedFirst) {
  TuneOptions options = Options("bytes=50");
  options.curve = folder_ / "missing" / "curve.csv";
  EXPECT_THAT(FaultOf(options, kExitUsage), HasSubstr("there is no folder"));
  options.curve.clear();
  options.figure = folder_ / "curve.pdf";
  EXPECT_THAT(FaultOf(options, kExitUsage), HasSubstr(".svg or .png"));
}

TEST_F(TuneTest, TheCurveGoesIntoItsFile) {
  TuneOptions options = Options("local_exit=0");
  options.curve = folder_ / "curve.csv";
  ASSERT_EQ(RunTune(options), kExitOk);
  EXPECT_THAT(ReadFile(options.curve).value(), HasSubstr("\n1,4,"));
}

TEST_F(TuneTest, EveryEarlyExitGetsItsThreshold) {
  Bundle bundle = TinyBundle(1);
  bundle.training_record = "not JSON";
  const TuneTarget target = ParseTuneTarget("bytes=50");
  ApplyThresholds({0.25F, 0.5F}, target, "rows", {}, &bundle);
  EXPECT_EQ(bundle.exits[0].threshold, 0.25F);
  EXPECT_EQ(bundle.exits[1].threshold, 0.5F);
  const auto record = nlohmann::json::parse(bundle.training_record);
  EXPECT_EQ(record["record"], "not JSON");
  EXPECT_EQ(record["tuned"]["threshold"]["edge"], 0.5);
}

TEST(CurveScriptTest, QuotesNamesForGnuplot) {
  const std::string script =
      CurveScript({CurvePoint{0.5F, 1, 2, 0.5, 1, 76}}, 0, "it's", "a'b.svg");
  EXPECT_THAT(script, HasSubstr("set title 'it''s' noenhanced"));
  EXPECT_THAT(script, HasSubstr("set output 'a''b.svg'"));
  EXPECT_THAT(script, HasSubstr("taken: T = 0.5000"));
}

}  // namespace
}  // namespace ddnn

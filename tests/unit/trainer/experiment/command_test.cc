#include "trainer/experiment/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <fstream>

#include "core/base/exit_code.h"
#include "core/base/file.h"
#include "core/nn/bundle.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_data_set.h"
#include "trainer/fit_command.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// Two cameras, two classes, sixteen samples, half of them for training in
/// either split; recipes of one epoch.
class ExperimentCommandTest : public testing::Test {
 protected:
  ExperimentCommandTest() {
    std::string samples =
        "sample_id,frame,class,cam0_x1,cam0_y1,cam0_x2,cam0_y2,"
        "cam1_x1,cam1_y1,cam1_x2,cam1_y2,source\n";
    std::string splits = "sample_id,time,random\n";
    for (int i = 0; i < 16; ++i) {
      const char* side = i % 4 < 2 ? "train" : "test";
      samples +=
          fmt::format("{},{},{},3,2,{},30,2,2,{},30,moving\n", i, 1 + i % 2,
                      i % 2 == 0 ? "car" : "person", 22 + i, 20 + i);
      splits += fmt::format("{},{},{}\n", i, side, side);
    }
    data_.Write("samples.csv", samples);
    data_.Write("splits.csv", splits);
    for (const char* name : {"paper", "epfl-mvmc-c"}) {
      std::ofstream(folder_ / (std::string(name) + ".yaml"))
          << "name: tiny\ntrain: {epochs: 1}\nexit: {choose: false}\n"
             "validation: {last_frames: 0}\ncloud: {filters: 2}\n";
    }
    request_.name = "threshold";
    request_.dataset = data_.root();
    request_.out = folder_ / "out";
    request_.recipes = folder_.path();
    request_.quick = true;
  }

  int Run(const Stop& stop = [] { return false; }) {
    printed_.clear();
    testing::internal::CaptureStderr();
    const int code = RunExperiments(
        request_, false, [this](const std::string& text) { printed_ += text; },
        stop);
    error_ = testing::internal::GetCapturedStderr();
    return code;
  }
  std::string Content(const fs::path& file) const {
    const auto content = ReadFile(file);
    return content ? *content : content.message();
  }

  TinyDataSet data_;
  TempFolder folder_;
  ExperimentRequest request_;
  std::string printed_;
  std::string error_;
};

TEST_F(ExperimentCommandTest, TrainsMeasuresAndWritesEverything) {
  request_.results = folder_ / "docs.md";
  ASSERT_EQ(Run(), kExitOk) << error_;
  EXPECT_TRUE(fs::exists(request_.out / "runs/paper-time-s1.ddnn"));
  EXPECT_TRUE(fs::exists(request_.out / "runs/paper-random-s1.ddnn"));
  EXPECT_THAT(Content(request_.out / "threshold-table.csv"),
              HasSubstr("threshold,local_exit,local_exit_sd"));
  EXPECT_TRUE(fs::exists(request_.out / "threshold.gp"));
  EXPECT_THAT(Content(request_.results),
              AllOf(HasSubstr("# Results"), HasSubstr("## Exit threshold"),
                    HasSubstr("ddnn-train experiment threshold --dataset DIR "
                              "--out DIR --quick")));
}

TEST_F(ExperimentCommandTest, RunsThatAreDoneAreNotTrainedAgain) {
  ASSERT_EQ(Run(), kExitOk) << error_;
  const fs::path bundle = request_.out / "runs/paper-time-s1.ddnn";
  const auto written = fs::last_write_time(bundle);
  ASSERT_EQ(Run(), kExitOk) << error_;
  EXPECT_THAT(printed_, HasSubstr("2 runs, 2 done before"));
  EXPECT_EQ(fs::last_write_time(bundle), written);
}

TEST_F(ExperimentCommandTest, AChangedRecipeIsTrainedAgain) {
  ASSERT_EQ(Run(), kExitOk) << error_;
  std::ofstream(folder_ / "paper.yaml", std::ios::app)
      << "device: {filters: 3}\n";
  ASSERT_EQ(Run(), kExitOk) << error_;
  EXPECT_THAT(printed_, HasSubstr("2 runs, 0 done before"));
}

TEST_F(ExperimentCommandTest, ABundleIsThatOfFit) {
  ASSERT_EQ(Run(), kExitOk) << error_;
  FitRequest fit;
  fit.recipe = folder_ / "paper.yaml";
  fit.dataset = data_.root();
  fit.split = "time:train";
  fit.seed = 1;
  fit.out = folder_ / "fit.ddnn";
  ASSERT_EQ(RunFit(
                fit, false, [](const std::string&) {}, [] { return false; }),
            kExitOk);
  EXPECT_EQ(Content(fit.out),
            Content(request_.out / "runs/paper-time-s1.ddnn"));
}

TEST_F(ExperimentCommandTest, StoppedItLeavesNothingHalfWritten) {
  EXPECT_EQ(Run([] { return true; }), kExitOk) << error_;
  EXPECT_TRUE(fs::is_empty(request_.out / "runs"));
  EXPECT_FALSE(fs::exists(request_.out / "results.md"));
}

TEST_F(ExperimentCommandTest, DryRunListsRunsAndWritesNothing) {
  request_.dry_run = true;
  EXPECT_EQ(Run(), kExitOk) << error_;
  EXPECT_THAT(printed_, AllOf(HasSubstr("paper-random-s1"),
                              HasSubstr("2 runs, 0 done before")));
  EXPECT_FALSE(fs::exists(request_.out));
}

TEST_F(ExperimentCommandTest, UnknownNameListsTheNames) {
  request_.name = "thresholds";
  EXPECT_EQ(Run(), kExitUsage);
  EXPECT_THAT(error_, AllOf(HasSubstr("no experiment 'thresholds'"),
                            HasSubstr("aggregation"), HasSubstr("tracks")));
}

TEST_F(ExperimentCommandTest, OutThatIsAFileIsNamed) {
  std::ofstream(folder_ / "out") << "a file";
  EXPECT_EQ(Run(), kExitData);
  EXPECT_THAT(error_, HasSubstr("--out"));
}

TEST_F(ExperimentCommandTest, DataWithoutTheSplitIsNamed) {
  request_.name = "tracks";
  EXPECT_EQ(Run(), kExitData);
  EXPECT_THAT(error_, HasSubstr("track_a"));
}

}  // namespace
}  // namespace ddnn

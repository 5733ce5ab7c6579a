#include "trainer/fit_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/base/config.h"
#include "core/base/exit_code.h"
#include "core/base/file.h"
#include "core/nn/bundle.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

/// Trains on the rows that the tiny data set calls time:test: it has views of
/// both classes there.
class FitCommandTest : public testing::Test {
 protected:
  FitCommandTest() {
    request_.recipe = folder_ / "r.yaml";
    request_.dataset = data_.root();
    request_.split = "time:test";
    request_.test = "time:test";
    request_.out = folder_ / "out.ddnn";
    request_.card = folder_ / "out.md";
    std::ofstream(request_.recipe)
        << "name: tiny\ntrain: {epochs: 1}\nexit: {choose: false}\n"
           "validation: {last_frames: 0}\n";
  }
  int Run() {
    testing::internal::CaptureStderr();
    const int code = RunFit(
        request_, false, [this](const std::string& text) { printed_ += text; },
        [] { return false; });
    error_ = testing::internal::GetCapturedStderr();
    return code;
  }

  TinyDataSet data_;
  TempFolder folder_;
  FitRequest request_;
  std::string printed_;
  std::string error_;
};

TEST_F(FitCommandTest, WritesBundleWithRecordAndCard) {
  ASSERT_EQ(Run(), kExitOk) << error_;
  const auto bundle = ReadBundle(request_.out);
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  EXPECT_EQ(bundle->name, "tiny");
  EXPECT_EQ(bundle->nodes[1].camera, "cam1");
  EXPECT_THAT(bundle->training_record, HasSubstr("\"split\":\"time:test\""));
  const auto card = ReadFile(request_.card);
  ASSERT_TRUE(card.ok());
  EXPECT_THAT(*card, HasSubstr("--dataset DIR --split time:test"));
  EXPECT_THAT(printed_, HasSubstr("4 samples, 2 cameras, 2 classes"));
}

TEST_F(FitCommandTest, RowsWithoutAViewAreRefused) {
  request_.split = "time:train";
  EXPECT_EQ(Run(), kExitData);
  EXPECT_THAT(error_, HasSubstr("no camera sees any sample of time:train"));
  EXPECT_FALSE(std::filesystem::exists(request_.out));
}

TEST_F(FitCommandTest, MalformedSplitIsRefused) {
  request_.split = "time";
  EXPECT_EQ(Run(), kExitData);
  EXPECT_THAT(error_, HasSubstr("time"));
}

TEST_F(FitCommandTest, UnreadableFrameIsNamedAndNothingIsWritten) {
  std::ofstream(data_.FramePath(0, 2)) << "not an image";
  EXPECT_EQ(Run(), kExitData);
  EXPECT_THAT(error_, HasSubstr(data_.FramePath(0, 2).filename().string()));
  EXPECT_FALSE(std::filesystem::exists(request_.out));
}

TEST_F(FitCommandTest, UnwritableTargetIsNamed) {
  request_.out = folder_ / "none" / "out.ddnn";
  EXPECT_EQ(Run(), kExitData);
  EXPECT_THAT(error_, HasSubstr("none"));
}

TEST_F(FitCommandTest, BadOverrideIsAConfigurationError) {
  request_.overrides = {"train.epoch=3"};
  EXPECT_THROW(Run(), ConfigError);
}

}  // namespace
}  // namespace ddnn

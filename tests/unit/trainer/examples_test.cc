#include "trainer/examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/trainer/synthetic.h"

namespace ddnn {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(KeepSeenTest, RowsWithoutAnyViewAreLeftOutAndCounted) {
  Examples all = MakeSynthetic(9, 3, 1);
  for (auto& view : all.views[4]) view.reset();
  const Examples kept = KeepSeen(all.data, all.views);
  EXPECT_EQ(kept.blind, 1);
  EXPECT_EQ(kept.size(), 8);
  EXPECT_EQ(kept.data.samples.size(), 8U);
  EXPECT_EQ(kept.data.samples[4].id, 105);
  EXPECT_EQ(kept.data.cameras.size(), 3U);
}

TEST(SplitInnerTest, HoldsOutASourceAndTheLastFrames) {
  const Examples examples = MakeSynthetic(30, 2, 1);
  const InnerSplit split = SplitInner(examples, "bar1", 0.2);
  EXPECT_EQ(split.fit.size() + split.held_out.size(), 30U);
  for (const int row : split.fit) {
    EXPECT_NE(examples.data.samples[static_cast<std::size_t>(row)].source,
              "bar1");
    EXPECT_LT(row, 24);
  }
  EXPECT_THAT(split.held_out, Contains(24));
  EXPECT_THAT(split.held_out, Contains(1));
}

TEST(SplitInnerTest, NoSourceAndNoFramesHoldNothingOut) {
  EXPECT_TRUE(SplitInner(MakeSynthetic(9, 2, 1), "none", 0).held_out.empty());
}

TEST(KeepCamerasTest, LeavesThemInTheDatasOrderAndCountsBlindRows) {
  const Examples all = MakeSynthetic(30, 3, 1);
  const auto some = KeepCameras(all, "cam2,cam0");
  ASSERT_TRUE(some.ok()) << some.message();
  EXPECT_EQ(some->data.cameras, (std::vector<std::string>{"cam0", "cam2"}));
  EXPECT_EQ(some->size() + some->blind, 30);
  EXPECT_GT(some->blind, 0);
  EXPECT_EQ(some->views.front()[1], all.views.front()[2]);
}

TEST(KeepCamerasTest, UnknownCameraListsThoseThatExist) {
  const auto some = KeepCameras(MakeSynthetic(9, 2, 1), "cam7");
  ASSERT_FALSE(some.ok());
  EXPECT_THAT(some.message(),
              testing::HasSubstr("no camera 'cam7'; there are cam0, cam1"));
}

TEST(KeepCamerasTest, CameraNamedTwiceIsRefused) {
  EXPECT_EQ(KeepCameras(MakeSynthetic(9, 2, 1), "cam1,cam1").error(),
            Error::kOutOfRange);
}

TEST(DigestOfTest, OnePixelChangesIt) {
  Examples examples = MakeSynthetic(9, 2, 1);
  const std::string before = DigestOf(examples);
  EXPECT_EQ(DigestOf(MakeSynthetic(9, 2, 1)), before);
  examples.views[0][0]->front() ^= 1U;
  EXPECT_NE(DigestOf(examples), before);
}

TEST(CheckTrainableTest, OneCameraIsNamed) {
  const auto status = CheckTrainable(MakeSynthetic(9, 1, 1));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("has one camera"));
}

TEST(CheckTrainableTest, ClassWithoutASampleIsNamed) {
  Examples examples = MakeSynthetic(9, 2, 1);
  for (auto& sample : examples.data.samples) sample.label = sample.label % 2;
  const auto status = CheckTrainable(examples);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("'crosses'"));
}

TEST(CheckTrainableTest, CameraWithoutAViewIsNamed) {
  Examples examples = MakeSynthetic(9, 2, 1);
  for (auto& views : examples.views) views[1].reset();
  const auto status = CheckTrainable(examples);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("'cam1'"));
}

TEST(PresenceLookupTest, AnswersByPatternElseByTheCommonestClass) {
  Examples train = MakeSynthetic(9, 2, 1);
  const View any{};
  for (std::size_t i = 0; i < train.views.size(); ++i) {
    const int label = static_cast<int>(i % 3);
    train.views[i] = {label == 0 ? std::optional(any) : std::nullopt,
                      label != 0 ? std::optional(any) : std::nullopt};
  }
  // Pattern 10 is class 0; 01 is class 1 or 2, equally often: the first.
  EXPECT_NEAR(PresenceLookupAccuracy(train, train), 6.0 / 9, 1e-9);
  Examples unknown = train;
  for (auto& views : unknown.views) views = {any, any};
  EXPECT_NEAR(PresenceLookupAccuracy(train, unknown), 3.0 / 9, 1e-9);
}

}  // namespace
}  // namespace ddnn

// Samples whose wait ends early: there are too many, or the edge stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(OverloadTest, BeyondTheBoundTheDeepestExitReachedAnswers) {
  CoordinatorOptions options;
  options.max_samples = 3;
  FusionRig rig(Unsure(), options);
  rig.AllAlive();
  rig.AllSpeak(0, {1, 2});
  rig.AllSpeak(1, {1, 2});
  const auto actions = rig.coordinator().TakeActions();
  EXPECT_THAT(Losses(actions), IsEmpty());
  const auto results = Results(actions);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].sample, (SampleId{1, 2}));
  EXPECT_EQ(results[0].status, ResultStatus::kFallback);
  EXPECT_EQ(results[0].exit, Tier::kDevice);
  EXPECT_EQ(rig.coordinator().samples_in_flight(), 3U);
}

TEST(OverloadTest, BeyondTheBoundASampleWithoutAnExitIsLost) {
  TestBundleOptions bundle = Unsure();
  bundle.local_exit = false;
  CoordinatorOptions options;
  options.max_samples = 1;
  FusionRig rig(bundle, options);
  rig.AllAlive();
  rig.AllSpeak(0, {1, 2});
  const auto losses = Losses(rig.coordinator().TakeActions());
  ASSERT_THAT(losses, SizeIs(1));
  EXPECT_EQ(losses[0].sample, (SampleId{0, 2}));
  EXPECT_EQ(losses[0].reason, LossReason::kOverload);
}

TEST(OverloadTest, SampleThatLeavesLocallyIsNeverOverload) {
  CoordinatorOptions options;
  options.max_samples = 1;
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  rig.AllSpeak(0, {1});
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(ShutdownTest, EverythingInFlightIsLost) {
  FusionRig rig(Unsure());
  rig.AllAlive();
  rig.AllSpeak(0, {1, 2});
  rig.AllSendMap({0, 2});                  // waits for the cloud
  ASSERT_TRUE(rig.Speak(0, 1, {7}).ok());  // still gathers
  rig.coordinator().TakeActions();
  rig.coordinator().Shutdown();
  const auto actions = rig.coordinator().TakeActions();
  const auto losses = Losses(actions);
  ASSERT_THAT(losses, SizeIs(3));
  for (const auto& loss : losses) {
    EXPECT_EQ(loss.reason, LossReason::kShutdown);
  }
  EXPECT_EQ(losses[2].sample, (SampleId{1, 7}));
  EXPECT_EQ(std::get<PublishDecided>(actions.back()).tick, 1U);
  EXPECT_EQ(rig.coordinator().samples_in_flight(), 0U);
  EXPECT_EQ(rig.coordinator().NextDeadline(), std::nullopt);
}

}  // namespace
}  // namespace ddnn

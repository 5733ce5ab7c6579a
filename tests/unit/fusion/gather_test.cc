// From scores to the local exit: when a tick is complete, and what it answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(GatherTest, TickIsCompleteWhenEveryLiveDeviceHasSpoken) {
  FusionRig rig(Sure());
  rig.AllAlive();
  for (int device = 0; device < 5; ++device) {
    ASSERT_TRUE(rig.Speak(device, 0, {4}).ok());
  }
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());

  ASSERT_TRUE(rig.Speak(5, 0, {4}, 12).ok());
  const auto actions = rig.coordinator().TakeActions();
  const auto results = Results(actions);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].sample, (SampleId{0, 4}));
  EXPECT_EQ(results[0].exit, Tier::kDevice);
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_EQ(results[0].logits, rig.LocalLogits({0, 4}, kAllSix));
  EXPECT_EQ(results[0].views_used, kAllSix);
  EXPECT_THAT(results[0].views_missing, IsEmpty());
  EXPECT_THAT(results[0].path, SizeIs(1));
  EXPECT_EQ(results[0].content_bytes, 6 * 3 * 2);
  EXPECT_DOUBLE_EQ(results[0].latency_ms, 12.0);
  EXPECT_TRUE(std::holds_alternative<PublishDecided>(actions.back()));
}

TEST(GatherTest, DecisionIsThatOfTheBundle) {
  FusionRig rig(Sure());
  rig.AllAlive();
  rig.AllSpeak(0, {4});
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  const auto decision =
      rig.network().Decide(Tier::kDevice, results[0].logits).value();
  EXPECT_EQ(results[0].label, decision.label);
  EXPECT_EQ(results[0].eta, decision.eta);
  EXPECT_EQ(results[0].probabilities, decision.probabilities);
  EXPECT_EQ(results[0].path[0].eta, decision.eta);
}

TEST(GatherTest, DeviceThatSpokeButSawNothingIsAbsent) {
  for (const Absent absent : {Absent::kMasked, Absent::kBlank}) {
    TestBundleOptions options = Sure();
    options.absent = absent;
    FusionRig rig(options);
    rig.AllAlive();
    for (const int device : {0, 2, 3}) ASSERT_TRUE(rig.Speak(device, 0, {4}));
    for (const int device : {1, 4, 5}) ASSERT_TRUE(rig.Speak(device, 0, {}));

    const auto results = Results(rig.coordinator().TakeActions());
    ASSERT_THAT(results, SizeIs(1));
    EXPECT_EQ(results[0].status, ResultStatus::kOk);
    EXPECT_EQ(results[0].logits, rig.LocalLogits({0, 4}, {0, 2, 3}));
    EXPECT_THAT(results[0].views_used, ElementsAre(0, 2, 3));
    EXPECT_THAT(results[0].views_missing, IsEmpty());
    EXPECT_EQ(results[0].content_bytes, 3 * 3 * 2);
  }
}

TEST(GatherTest, SilentDeviceIsMissingAtTheDeadline) {
  FusionRig rig(Sure());
  rig.AllAlive();
  for (const int device : {0, 1, 2, 3, 4})
    ASSERT_TRUE(rig.Speak(device, 0, {4}));
  EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(500));
  rig.coordinator().OnTime(FusionRig::At(499));
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());

  rig.coordinator().OnTime(FusionRig::At(500));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
  EXPECT_EQ(results[0].logits, rig.LocalLogits({0, 4}, {0, 1, 2, 3, 4}));
  EXPECT_THAT(results[0].views_missing, ElementsAre(5));
  EXPECT_EQ(rig.coordinator().NextDeadline(), std::nullopt);
}

TEST(GatherTest, DeadDeviceIsNotWaitedForAndMissing) {
  FusionRig rig(Sure());
  for (const int device : {0, 1}) {
    rig.coordinator().SetAlive(device, true, FusionRig::Start());
  }
  ASSERT_TRUE(rig.Speak(0, 0, {4}));
  ASSERT_TRUE(rig.Speak(1, 0, {4}));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_THAT(results[0].views_missing, ElementsAre(2, 3, 4, 5));
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
}

TEST(GatherTest, DyingDeviceCompletesWaitingTicks) {
  FusionRig rig(Sure());
  rig.AllAlive();
  for (const Tick tick : {0U, 1U, 2U}) {
    for (const int device : {0, 1, 2, 3, 4}) {
      ASSERT_TRUE(rig.Speak(device, tick, {4}));
    }
  }
  rig.coordinator().SetAlive(5, false, FusionRig::At(20));
  const auto actions = rig.coordinator().TakeActions();
  EXPECT_THAT(Results(actions), SizeIs(3));
  EXPECT_EQ(std::get<PublishDecided>(actions.back()).tick, 2U);
}

TEST(GatherTest, SpokenDeviceThatDiedStillCounts) {
  FusionRig rig(Sure());
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(5, 0, {4}));
  rig.coordinator().SetAlive(5, false, FusionRig::Start());
  for (const int device : {0, 1, 2, 3, 4})
    ASSERT_TRUE(rig.Speak(device, 0, {4}));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].views_used, kAllSix);
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
}

TEST(GatherTest, TickWithoutSamplesIsDecidedAtOnce) {
  FusionRig rig;
  rig.AllAlive();
  rig.AllSpeak(0, {});
  const auto actions = rig.coordinator().TakeActions();
  ASSERT_THAT(actions, SizeIs(1));
  EXPECT_EQ(std::get<PublishDecided>(actions[0]).tick, 0U);
}

TEST(GatherTest, SecondScoresOfOneDeviceAreNotWaitedFor) {
  FusionRig rig(Sure());
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 0, {4}));
  EXPECT_EQ(rig.Speak(0, 0, {5}).error(), Error::kNotFound);
  for (const int device : {1, 2, 3, 4, 5})
    ASSERT_TRUE(rig.Speak(device, 0, {4}));
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(GatherTest, LateUnknownSampleIsLostOnce) {
  FusionRig rig(Sure());
  rig.AllAlive();
  for (const int device : {0, 1, 2, 3, 4})
    ASSERT_TRUE(rig.Speak(device, 0, {4}));
  rig.coordinator().OnTime(FusionRig::At(500));
  rig.coordinator().TakeActions();

  EXPECT_EQ(rig.Speak(5, 0, {4, 9}, 600).error(), Error::kRefused);
  const auto losses = Losses(rig.coordinator().TakeActions());
  ASSERT_THAT(losses, SizeIs(1));
  EXPECT_EQ(losses[0].sample, (SampleId{0, 9}));
  EXPECT_EQ(losses[0].reason, LossReason::kLate);

  EXPECT_EQ(rig.Speak(5, 0, {4, 9}, 700).error(), Error::kRefused);
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
}

TEST(GatherTest, LateScoresOfATickThatStillWaitsForMapsAreRefused) {
  FusionRig rig(Unsure());
  rig.AllAlive();
  for (const int device : {0, 1, 2, 3, 4})
    ASSERT_TRUE(rig.Speak(device, 0, {4}));
  rig.coordinator().OnTime(FusionRig::At(500));
  rig.coordinator().TakeActions();
  EXPECT_EQ(rig.Speak(5, 0, {4, 9}, 600).error(), Error::kRefused);
  EXPECT_THAT(Losses(rig.coordinator().TakeActions()), SizeIs(1));
  EXPECT_EQ(rig.coordinator().samples_in_flight(), 1U);
}

TEST(GatherTest, TicksBeforeTheScheduleAreRefusedWithoutAnEvent) {
  CoordinatorOptions options;
  options.schedule.first_tick = 100;
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  EXPECT_EQ(rig.Speak(0, 99, {4}).error(), Error::kRefused);
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
}

TEST(GatherTest, AbsurdTickIsOutOfRange) {
  FusionRig rig;
  rig.AllAlive();
  EXPECT_EQ(rig.Speak(0, 70000, {4}).error(), Error::kOutOfRange);
  EXPECT_EQ(rig.coordinator().NextDeadline(), std::nullopt);
  EXPECT_TRUE(rig.Speak(0, 65000, {4}).ok());
}

TEST(GatherTest, PacedGroupCountsOnWhileNobodyIsThere) {
  CoordinatorOptions options;
  options.schedule = {FusionRig::Start(), 25.0, 0};
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  constexpr int kOneDayMs = 24 * 3600 * 1000;
  EXPECT_EQ(rig.Speak(0, 25 * 24 * 3600, {4}).error(), Error::kOutOfRange);
  EXPECT_TRUE(rig.Speak(0, 25 * 24 * 3600, {4}, kOneDayMs).ok());
}

TEST(GatherTest, PacedDeadlineCountsFromTheScheduledInstant) {
  CoordinatorOptions options;
  options.schedule = {FusionRig::Start(), 10.0, 1000};
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 1003, {4}, 320));
  EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(800));
  rig.coordinator().OnTime(FusionRig::At(800));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_DOUBLE_EQ(results[0].latency_ms, 500.0);
}

TEST(GatherTest, UnknownDeviceAndWrongShapeAreRefused) {
  FusionRig rig;
  rig.AllAlive();
  auto& coordinator = rig.coordinator();
  const Instant now = FusionRig::Start();
  EXPECT_EQ(coordinator.OnScores(6, {0, {}}, now).error(),
            Error::kUnknownDevice);
  EXPECT_EQ(coordinator.OnScores(-1, {0, {}}, now).error(),
            Error::kUnknownDevice);
  EXPECT_EQ(coordinator.OnScores(0, {0, {{4, {1, 2}}}}, now).error(),
            Error::kBadShape);
  coordinator.SetAlive(6, true, now);
  coordinator.SetAlive(-1, true, now);
  EXPECT_THAT(coordinator.TakeActions(), IsEmpty());
}

TEST(GatherTest, TooManyGatheredViewsDecideTheOldestTick) {
  CoordinatorOptions options;
  options.max_samples = 2;  // 12 views
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 0, {1, 2, 3, 4, 5, 6}));
  ASSERT_TRUE(rig.Speak(0, 1, {1, 2, 3, 4, 5, 6}));
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  ASSERT_TRUE(rig.Speak(0, 2, {1}));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(6));
  EXPECT_EQ(results[0].sample.tick, 0U);
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
}

TEST(WatermarkTest, WaitsForTheOldestKnownTick) {
  FusionRig rig(Sure());
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 3, {}));
  rig.AllSpeak(4, {});
  rig.AllSpeak(6, {});
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  rig.AllSpeak(3, {});
  const auto actions = rig.coordinator().TakeActions();
  ASSERT_THAT(actions, SizeIs(1));
  EXPECT_EQ(std::get<PublishDecided>(actions[0]).tick, 6U);
}

TEST(WatermarkTest, TicksWrapAround) {
  CoordinatorOptions options;
  options.schedule.first_tick = 0xFFFFFFFE;
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 0xFFFFFFFF, {}));
  for (const Tick tick : {0xFFFFFFFEU, 0U, 1U}) rig.AllSpeak(tick, {4});
  auto actions = rig.coordinator().TakeActions();
  EXPECT_THAT(Results(actions), SizeIs(3));
  EXPECT_EQ(std::get<PublishDecided>(actions.back()).tick, 0xFFFFFFFEU);
  rig.AllSpeak(0xFFFFFFFF, {4});
  actions = rig.coordinator().TakeActions();
  EXPECT_EQ(std::get<PublishDecided>(actions.back()).tick, 1U);
  EXPECT_EQ(rig.Speak(0, 0xFFFFFFFF, {}).error(), Error::kRefused);
}

}  // namespace
}  // namespace ddnn

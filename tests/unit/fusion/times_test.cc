// When a sample came how far: what its result says of its way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::Optional;
using testing::SizeIs;

constexpr SampleId kId{0, 4};

/// The cloud's answer to the only offer among `actions`.
CloudAnswer AnswerOf(const FusionRig& rig, const std::vector<Action>& actions) {
  const auto offers = Only<OfferToCloud>(actions);
  EXPECT_THAT(offers, SizeIs(1));
  return AnswerAsk(rig.network(), offers.at(0).ask).value();
}

SampleResult OnlyResult(FusionRig* rig) {
  const auto results = Results(rig->coordinator().TakeActions());
  EXPECT_THAT(results, SizeIs(1));
  return results.at(0);
}

TEST(TimesTest, WholeWayIsTold) {
  FusionRig rig(WithEdge(Unsure()));
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 0, {4}, 0));
  for (int i = 1; i < 6; ++i) ASSERT_TRUE(rig.Speak(i, 0, {4}, 3));
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(rig.SendMap(i, kId, 10 + i));
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::At(40)));
  const SampleResult result = OnlyResult(&rig);
  EXPECT_THAT(result.times.gathered, Optional(3.0));
  EXPECT_THAT(result.times.asked, Optional(3.0));
  EXPECT_THAT(result.times.maps, Optional(15.0));
  EXPECT_THAT(result.times.offered, Optional(15.0));
  EXPECT_THAT(result.times.answered, Optional(40.0));
  ASSERT_THAT(result.path, SizeIs(3));
  EXPECT_THAT(result.path[0].at_ms, Optional(3.0));
  EXPECT_THAT(result.path[1].at_ms, Optional(15.0));
  EXPECT_THAT(result.path[2].at_ms, Optional(40.0));
  EXPECT_DOUBLE_EQ(result.latency_ms, 40.0);
}

/// A clock was set forward while the tick was open.
TEST(TimesTest, ALatencyBeyondTellingIsCutOff) {
  FusionRig rig(Sure());
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 0, {4}, 0));
  rig.coordinator().OnTime(FusionRig::At(0) + std::chrono::hours(24 * 60));
  EXPECT_DOUBLE_EQ(OnlyResult(&rig).latency_ms, kMaxLatencyMs);
}

TEST(TimesTest, WhatDidNotHappenHasNoInstant) {
  FusionRig rig(Sure());
  rig.AllAlive();
  rig.AllSpeak(0, {4}, 2);
  const SampleResult result = OnlyResult(&rig);
  EXPECT_THAT(result.times.gathered, Optional(0.0));
  EXPECT_FALSE(result.times.asked);
  EXPECT_FALSE(result.times.maps);
  EXPECT_FALSE(result.times.offered);
  EXPECT_FALSE(result.times.answered);
}

TEST(TimesTest, MapsThatNeverCameHaveNoInstant) {
  FusionRig rig(Unsure());
  rig.AllAlive();
  rig.AllSpeak(0, {4});
  rig.coordinator().OnTime(FusionRig::At(5000));
  const SampleResult result = OnlyResult(&rig);
  EXPECT_THAT(result.times.asked, Optional(0.0));
  EXPECT_FALSE(result.times.maps);
}

TEST(TimesTest, FirstAskAndFirstOfferCount) {
  CoordinatorOptions options;
  options.ask_again = milliseconds(100);
  options.offer_again = milliseconds(100);
  FusionRig rig(Unsure(), options);
  rig.AllAlive();
  rig.AllSpeak(0, {4});
  rig.coordinator().OnTime(FusionRig::At(150));
  rig.AllSendMap(kId, 200);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  rig.coordinator().OnTime(FusionRig::At(350));
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::At(400)));
  const SampleResult result = OnlyResult(&rig);
  EXPECT_THAT(result.times.asked, Optional(0.0));
  EXPECT_THAT(result.times.offered, Optional(200.0));
}

TEST(TimesTest, PacedTicksCountFromTheirInstantAndNeverBelowNought) {
  CoordinatorOptions options;
  options.schedule = {FusionRig::At(0), 10.0, 0};
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  rig.AllSpeak(1, {4}, 130);
  EXPECT_THAT(OnlyResult(&rig).times.gathered, Optional(30.0));
  rig.AllSpeak(2, {4}, 195);
  EXPECT_THAT(OnlyResult(&rig).times.gathered, Optional(0.0));
}

}  // namespace
}  // namespace ddnn

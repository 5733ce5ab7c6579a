// After a missed local exit: maps, the edge section, the cloud, and silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SampleId kId{0, 4};

/// All devices have spoken for sample kId, which missed the local exit.
struct AskedRig : FusionRig {
  explicit AskedRig(const TestBundleOptions& bundle) : FusionRig(bundle) {
    AllAlive();
    AllSpeak(0, {4});
  }
};

/// Runs the cloud on the only offer among `actions`.
CloudAnswer AnswerOf(const FusionRig& rig, const std::vector<Action>& actions) {
  const auto offers = Only<OfferToCloud>(actions);
  EXPECT_THAT(offers, SizeIs(1));
  return AnswerAsk(rig.network(), offers.at(0).ask).value();
}

TEST(AskTest, OneRequestNamesAllMissedSamplesOfATick) {
  FusionRig rig(Unsure());
  rig.AllAlive();
  rig.AllSpeak(0, {9, 4});
  const auto asks = Only<AskForMaps>(rig.coordinator().TakeActions());
  ASSERT_THAT(asks, SizeIs(1));
  EXPECT_THAT(asks[0].wanted, ElementsAre(SampleId{0, 4}, SampleId{0, 9}));
  EXPECT_EQ(rig.coordinator().samples_in_flight(), 2U);
}

TEST(AskTest, DeviceMapsGoToTheCloudInChildOrder) {
  AskedRig rig(Unsure());
  rig.coordinator().TakeActions();
  for (const int device : {5, 3, 0, 4, 1})
    ASSERT_TRUE(rig.SendMap(device, kId));
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  ASSERT_TRUE(rig.SendMap(2, kId));
  const auto offers = Only<OfferToCloud>(rig.coordinator().TakeActions());
  ASSERT_THAT(offers, SizeIs(1));
  ASSERT_THAT(offers[0].ask.children, SizeIs(6));
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(offers[0].ask.children[static_cast<std::size_t>(i)],
              rig.Output(i, kId).map);
  }
}

TEST(AskTest, CloudAnswersWhatNobodyElseCould) {
  AskedRig rig(Unsure());
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::At(40)));
  const auto actions = rig.coordinator().TakeActions();
  const auto results = Results(actions);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].exit, Tier::kCloud);
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_EQ(results[0].logits, answer.logits);
  EXPECT_THAT(results[0].path, SizeIs(2));
  const int map_bytes = static_cast<int>(rig.Output(0, kId).map.bits.size());
  EXPECT_EQ(results[0].content_bytes, 6 * 6 + 6 * map_bytes);
  EXPECT_DOUBLE_EQ(results[0].latency_ms, 40.0);
  EXPECT_EQ(std::get<PublishDecided>(actions.back()).tick, 0U);
  EXPECT_EQ(rig.coordinator().samples_in_flight(), 0U);
}

TEST(AskTest, CloudAnswerEqualsTheNetworkOnTheSameMaps) {
  AskedRig rig(Unsure());
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  const auto output =
      rig.network().RunNode(6, rig.MapsOf(kId, kAllSix)).value();
  const Sums* sums = &output.sums;
  EXPECT_EQ(answer.logits,
            rig.network().ExitLogits(Tier::kCloud, {&sums, 1}).value());
}

TEST(AskTest, OnlyContributorsAreAwaited) {
  for (const Absent absent : {Absent::kMasked, Absent::kBlank}) {
    TestBundleOptions options = Unsure();
    options.absent = absent;
    FusionRig rig(options);
    rig.AllAlive();
    for (const int device : {1, 2}) ASSERT_TRUE(rig.Speak(device, 0, {4}));
    for (const int device : {0, 3, 4, 5}) ASSERT_TRUE(rig.Speak(device, 0, {}));
    EXPECT_EQ(rig.SendMap(0, kId).error(), Error::kNotFound);
    ASSERT_TRUE(rig.SendMap(2, kId));
    EXPECT_EQ(rig.SendMap(2, kId).error(), Error::kNotFound);
    ASSERT_TRUE(rig.SendMap(1, kId));
    const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
    const auto output =
        rig.network().RunNode(6, rig.MapsOf(kId, {1, 2})).value();
    const Sums* sums = &output.sums;
    EXPECT_EQ(answer.logits,
              rig.network().ExitLogits(Tier::kCloud, {&sums, 1}).value());
  }
}

TEST(AskTest, BundleWithoutLocalExitGoesStraightOn) {
  TestBundleOptions options = Sure();
  options.local_exit = false;
  AskedRig rig(options);
  EXPECT_THAT(Only<AskForMaps>(rig.coordinator().TakeActions()), SizeIs(1));
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::Start()));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_THAT(results[0].path, SizeIs(1));
}

TEST(AskTest, StillWantedMapsAreAskedForAgain) {
  FusionRig rig(Unsure());
  rig.AllAlive();
  rig.AllSpeak(0, {4, 9});
  rig.AllSendMap({0, 9});
  rig.coordinator().TakeActions();
  EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(200));
  rig.coordinator().OnTime(FusionRig::At(200));
  const auto asks = Only<AskForMaps>(rig.coordinator().TakeActions());
  ASSERT_THAT(asks, SizeIs(1));
  EXPECT_THAT(asks[0].wanted, ElementsAre(kId));
  EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(400));
}

TEST(AskTest, SectionRunsOnTheMapsThatCame) {
  AskedRig rig(Unsure());
  for (const int device : {0, 1, 3}) ASSERT_TRUE(rig.SendMap(device, kId));
  rig.coordinator().OnTime(FusionRig::At(999));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), IsEmpty());
  rig.coordinator().OnTime(FusionRig::At(1000));
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  EXPECT_EQ(rig.SendMap(2, kId).error(), Error::kNotFound);
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::At(1001)));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
  EXPECT_THAT(results[0].views_used, ElementsAre(0, 1, 3));
  EXPECT_THAT(results[0].views_missing, ElementsAre(2, 4, 5));
}

TEST(AskTest, DyingContributorIsNotWaitedFor) {
  AskedRig rig(Unsure());
  for (const int device : {0, 1, 2, 3, 4})
    ASSERT_TRUE(rig.SendMap(device, kId));
  rig.coordinator().TakeActions();
  rig.coordinator().SetAlive(5, false, FusionRig::At(7));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(AskTest, NoMapAtAllFallsBackToTheLocalExit) {
  AskedRig rig(Unsure());
  rig.coordinator().OnTime(FusionRig::At(1000));
  const auto actions = rig.coordinator().TakeActions();
  const auto results = Results(actions);
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].exit, Tier::kDevice);
  EXPECT_EQ(results[0].status, ResultStatus::kFallback);
  EXPECT_EQ(results[0].logits, rig.LocalLogits(kId, kAllSix));
  EXPECT_EQ(results[0].views_used, kAllSix);
  EXPECT_EQ(std::get<PublishDecided>(actions.back()).tick, 0U);
}

TEST(AskTest, AllContributorsDeadFallsBackAtOnce) {
  FusionRig rig(Unsure());
  rig.AllAlive();
  ASSERT_TRUE(rig.Speak(0, 0, {4}));
  rig.coordinator().SetAlive(0, false, FusionRig::Start());
  for (const int device : {1, 2, 3, 4, 5})
    ASSERT_TRUE(rig.Speak(device, 0, {}));
  const auto actions = rig.coordinator().TakeActions();
  EXPECT_THAT(Only<AskForMaps>(actions), IsEmpty());
  ASSERT_THAT(Results(actions), SizeIs(1));
  EXPECT_EQ(Results(actions)[0].status, ResultStatus::kFallback);
}

TEST(AskTest, SilentCloudFallsBackToTheDeepestExit) {
  for (const bool edge : {false, true}) {
    AskedRig rig(edge ? WithEdge(Unsure()) : Unsure());
    rig.AllSendMap(kId);
    rig.coordinator().TakeActions();
    EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(700));
    rig.coordinator().OnTime(FusionRig::At(2000));
    const auto results = Results(rig.coordinator().TakeActions());
    ASSERT_THAT(results, SizeIs(1));
    EXPECT_EQ(results[0].exit, edge ? Tier::kEdge : Tier::kDevice);
    EXPECT_EQ(results[0].status, ResultStatus::kFallback);
    EXPECT_THAT(results[0].path, SizeIs(edge ? 2 : 1));
  }
}

TEST(AskTest, UnansweredSampleIsOfferedToTheCloudAgain) {
  AskedRig rig(Unsure());
  rig.AllSendMap(kId);
  const auto first = Only<OfferToCloud>(rig.coordinator().TakeActions()).at(0);
  EXPECT_FALSE(first.again);
  rig.coordinator().OnTime(FusionRig::At(699));
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  for (const int ms : {700, 1400}) {
    rig.coordinator().OnTime(FusionRig::At(ms));
    const auto offers = Only<OfferToCloud>(rig.coordinator().TakeActions());
    ASSERT_THAT(offers, SizeIs(1));
    EXPECT_TRUE(offers[0].again);
    EXPECT_EQ(offers[0].ask.sample, kId);
    EXPECT_EQ(offers[0].ask.children, first.ask.children);
  }
  EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(2000));
}

TEST(AskTest, SecondCloudAnswerIsNotFound) {
  AskedRig rig(Unsure());
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  rig.coordinator().OnTime(FusionRig::At(700));
  const Instant now = FusionRig::At(701);
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, now));
  EXPECT_EQ(rig.coordinator().OnCloudAnswer(answer, now).error(),
            Error::kNotFound);
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(AskTest, FallbackWinsOverDegraded) {
  FusionRig rig(Unsure());
  rig.coordinator().SetAlive(0, true, FusionRig::Start());
  ASSERT_TRUE(rig.Speak(0, 0, {4}));
  rig.coordinator().OnTime(FusionRig::At(2000));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kFallback);
  EXPECT_THAT(results[0].views_missing, ElementsAre(1, 2, 3, 4, 5));
}

TEST(AskTest, SilenceWithoutAnyExitIsALoss) {
  TestBundleOptions options = Unsure();
  options.local_exit = false;
  AskedRig rig(options);
  rig.coordinator().OnTime(FusionRig::At(1000));
  const auto losses = Losses(rig.coordinator().TakeActions());
  ASSERT_THAT(losses, SizeIs(1));
  EXPECT_EQ(losses[0].sample, kId);
  EXPECT_EQ(losses[0].reason, LossReason::kSilent);
}

TEST(AskTest, LateCloudAnswerIsNotFound) {
  AskedRig rig(Unsure());
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  rig.coordinator().OnTime(FusionRig::At(2000));
  rig.coordinator().TakeActions();
  EXPECT_EQ(
      rig.coordinator().OnCloudAnswer(answer, FusionRig::At(2001)).error(),
      Error::kNotFound);
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
}

TEST(AskTest, CloudAnswerBeforeTheOfferIsNotFound) {
  AskedRig rig(Unsure());
  EXPECT_EQ(rig.coordinator()
                .OnCloudAnswer({kId, {1, 2, 3}}, FusionRig::Start())
                .error(),
            Error::kNotFound);
}

TEST(AskTest, WrongCloudAnswerIsNoAnswer) {
  AskedRig rig(Unsure());
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  const Instant now = FusionRig::At(5);
  EXPECT_EQ(rig.coordinator().OnCloudAnswer({kId, {1, 2}}, now).error(),
            Error::kBadShape);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(rig.coordinator().OnCloudAnswer({kId, {1, nan, 2}}, now).error(),
            Error::kNotADistribution);
  EXPECT_TRUE(rig.coordinator().OnCloudAnswer(answer, now).ok());
}

TEST(AskTest, MapOfWrongShapeOrDeviceIsRefused) {
  AskedRig rig(Unsure());
  auto& coordinator = rig.coordinator();
  const Instant now = FusionRig::Start();
  EXPECT_EQ(
      coordinator.OnMap(0, {kId, FeatureMap(MapShape{4, 8, 8})}, now).error(),
      Error::kBadShape);
  EXPECT_EQ(coordinator.OnMap(6, {kId, rig.Output(0, kId).map}, now).error(),
            Error::kUnknownDevice);
  EXPECT_EQ(rig.SendMap(0, {1, 4}).error(), Error::kNotFound);
  EXPECT_EQ(rig.SendMap(0, {0, 5}).error(), Error::kNotFound);
}

TEST(AskTest, EdgeExitAnswersWithTheEdgeSection) {
  TestBundleOptions options = WithEdge(Unsure());
  FusionRig probe(options);
  Bundle bundle = MakeTestBundle(options);
  bundle.ExitOf(Tier::kEdge)->threshold = 1.0F;
  Coordinator coordinator(std::make_shared<Network>(bundle), {});
  for (int i = 0; i < 6; ++i) {
    coordinator.SetAlive(i, true, FusionRig::Start());
    ASSERT_TRUE(i == 5 || coordinator.TakeActions().empty());
  }
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(
        coordinator.OnScores(i, probe.Scores(i, 0, {4}), FusionRig::Start()));
  }
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(coordinator.OnMap(i, {kId, probe.Output(i, kId).map},
                                  FusionRig::Start()));
  }
  const auto results = Results(coordinator.TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].exit, Tier::kEdge);
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  const auto output =
      probe.network().RunNode(6, probe.MapsOf(kId, kAllSix)).value();
  const Sums* sums = &output.sums;
  EXPECT_EQ(results[0].logits,
            probe.network().ExitLogits(Tier::kEdge, {&sums, 1}).value());
}

TEST(AskTest, EdgeHandsItsOwnMapToTheCloud) {
  AskedRig rig(WithEdge(Unsure()));
  rig.AllSendMap(kId);
  const auto actions = rig.coordinator().TakeActions();
  const auto offers = Only<OfferToCloud>(actions);
  ASSERT_THAT(offers, SizeIs(1));
  const auto output =
      rig.network().RunNode(6, rig.MapsOf(kId, kAllSix)).value();
  EXPECT_THAT(offers[0].ask.children, ElementsAre(output.map));

  const CloudAnswer answer = AnswerOf(rig, actions);
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::Start()));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_THAT(results[0].path, SizeIs(3));
}

TEST(AskTest, BundleWithoutEdgeExitGoesOnToTheCloud) {
  TestBundleOptions options = WithEdge(Unsure());
  options.edge_exit = false;
  AskedRig rig(options);
  rig.AllSendMap(kId);
  const CloudAnswer answer = AnswerOf(rig, rig.coordinator().TakeActions());
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, FusionRig::Start()));
  EXPECT_THAT(Results(rig.coordinator().TakeActions())[0].path, SizeIs(2));
}

TEST(CloudTest, AskThatDoesNotFitTheBundleIsRefused) {
  FusionRig rig;
  EXPECT_EQ(AnswerAsk(rig.network(), {kId, {}}).error(), Error::kBadShape);
  EXPECT_EQ(
      AnswerAsk(rig.network(), {kId, std::vector<std::optional<FeatureMap>>(6)})
          .error(),
      Error::kBadShape);
}

}  // namespace
}  // namespace ddnn

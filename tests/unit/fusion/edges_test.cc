// Several edges: their sections here or at other agents, and their silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SampleId kId{0, 4};
/// Devices 0, 1, 2 are below edge 6, the others below edge 7.
constexpr int kOwn = 6;
constexpr int kRemote = 7;

TestBundleOptions TwoEdges(TestBundleOptions options) {
  options.edges = 2;
  return options;
}
CoordinatorOptions WithRemote() {
  CoordinatorOptions options;
  options.remote_edges = {kRemote};
  return options;
}

/// A lead with one remote edge, and that edge's side of the talk.
struct EdgesRig : FusionRig {
  explicit EdgesRig(const TestBundleOptions& bundle = TwoEdges(Unsure()),
                    CoordinatorOptions options = WithRemote())
      : FusionRig(bundle, std::move(options)) {
    AllAlive();
    coordinator().SetAlive(kRemote, true, Start());
  }
  NodeOutput Section(int edge, SampleId id, const std::vector<int>& devices) {
    std::vector<const FeatureMap*> maps;
    const auto all = MapsOf(id, devices);
    for (const int child : network().bundle().ChildrenOf(edge)) {
      maps.push_back(all[static_cast<std::size_t>(child)]);
    }
    return network().RunNode(edge, maps).value();
  }
  Status SendSums(SampleId id, const std::vector<int>& devices, int ms = 0) {
    std::uint32_t sources = 0;
    for (const int device : devices) sources |= 1U << device;
    return coordinator().OnEdgeSums(
        kRemote,
        {id.tick,
         {{id.object, Section(kRemote, id, devices).sums, {}, sources}}},
        At(ms));
  }
  Status SendEdgeMap(SampleId id, const std::vector<int>& devices, int ms = 0) {
    return coordinator().OnMap(kRemote, {id, Section(kRemote, id, devices).map},
                               At(ms));
  }
  void OwnMaps(SampleId id, int ms = 0) {
    for (const int device : {0, 1, 2}) {
      std::ignore = SendMap(device, id, ms);
    }
  }
  std::vector<float> EdgeLogits(SampleId id, const std::vector<int>& own,
                                const std::vector<int>& remote) {
    const auto first = own.empty() ? NodeOutput{} : Section(kOwn, id, own);
    const auto second =
        remote.empty() ? NodeOutput{} : Section(kRemote, id, remote);
    const std::vector<const Sums*> sums{
        own.empty() ? nullptr : &first.sums,
        remote.empty() ? nullptr : &second.sums};
    return network().ExitLogits(Tier::kEdge, sums).value();
  }
};

SampleResult OnlyResult(const std::vector<Action>& actions) {
  const auto results = Results(actions);
  EXPECT_THAT(results, SizeIs(1));
  return results.at(0);
}

TEST(EdgesTest, LeadWaitsForItsOwnMapsAndTheOthersSums) {
  EdgesRig rig;
  rig.AllSpeak(0, {4});
  EXPECT_THAT(Only<AskForMaps>(rig.coordinator().TakeActions()), SizeIs(1));
  EXPECT_EQ(rig.SendMap(3, kId).error(), Error::kNotFound);
  rig.OwnMaps(kId);
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  ASSERT_TRUE(rig.SendSums(kId, {3, 4, 5}));
  const auto asks = Only<AskForEdgeMaps>(rig.coordinator().TakeActions());
  ASSERT_THAT(asks, SizeIs(1));
  EXPECT_THAT(asks[0].wanted, ElementsAre(kId));
}

TEST(EdgesTest, RemoteAndOwnSectionsAnswerAlike) {
  for (const Absent absent : {Absent::kMasked, Absent::kBlank}) {
    TestBundleOptions options = TwoEdges(Unsure());
    options.absent = absent;
    FusionRig whole(options);
    whole.AllAlive();
    EdgesRig split(options);
    for (FusionRig* rig : {&whole, static_cast<FusionRig*>(&split)}) {
      for (const int i : {0, 1, 4, 5}) ASSERT_TRUE(rig->Speak(i, 0, {4}));
      for (const int i : {2, 3}) ASSERT_TRUE(rig->Speak(i, 0, {}));
    }
    whole.AllSendMap(kId);
    split.OwnMaps(kId);
    ASSERT_TRUE(split.SendSums(kId, {4, 5}));
    ASSERT_TRUE(split.SendEdgeMap(kId, {4, 5}));
    std::vector<SampleResult> results;
    for (FusionRig* rig : {&whole, static_cast<FusionRig*>(&split)}) {
      const auto offers = Only<OfferToCloud>(rig->coordinator().TakeActions());
      ASSERT_THAT(offers, SizeIs(1));
      const auto answer = AnswerAsk(rig->network(), offers[0].ask).value();
      ASSERT_TRUE(rig->coordinator().OnCloudAnswer(answer, FusionRig::At(9)));
      results.push_back(OnlyResult(rig->coordinator().TakeActions()));
    }
    EXPECT_EQ(results[0].logits, results[1].logits);
    EXPECT_EQ(results[0].probabilities, results[1].probabilities);
    EXPECT_EQ(results[0].content_bytes, results[1].content_bytes);
    EXPECT_THAT(results[1].views_used, ElementsAre(0, 1, 4, 5));
    EXPECT_THAT(results[1].path, SizeIs(3));
    EXPECT_EQ(results[1].path[1].eta, results[0].path[1].eta);
    EXPECT_EQ(results[1].status, ResultStatus::kOk);
  }
}

TEST(EdgesTest, EdgeExitAnswersWithTheSumsOfAllEdges) {
  Bundle bundle = MakeTestBundle(TwoEdges(Unsure()));
  bundle.ExitOf(Tier::kEdge)->threshold = 1.0F;
  Coordinator coordinator(std::make_shared<Network>(bundle), WithRemote());
  EdgesRig rig;
  for (int i = 0; i < 6; ++i) coordinator.SetAlive(i, true, EdgesRig::At(0));
  coordinator.SetAlive(kRemote, true, EdgesRig::At(0));
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(
        coordinator.OnScores(i, rig.Scores(i, 0, {4}), EdgesRig::At(0)));
  }
  ASSERT_TRUE(coordinator.OnEdgeSums(
      kRemote,
      {0, {{4, rig.Section(kRemote, kId, {3, 4, 5}).sums, {}, 0b111000}}},
      EdgesRig::At(1)));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(
        coordinator.OnMap(i, {kId, rig.Output(i, kId).map}, EdgesRig::At(1)));
  }
  const SampleResult result = OnlyResult(coordinator.TakeActions());
  EXPECT_EQ(result.exit, Tier::kEdge);
  EXPECT_EQ(result.logits, rig.EdgeLogits(kId, {0, 1, 2}, {3, 4, 5}));
  EXPECT_THAT(result.views_used, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(EdgesTest, EdgeWithoutASeenDeviceIsNotAwaited) {
  EdgesRig rig;
  for (const int i : {0, 1, 2}) ASSERT_TRUE(rig.Speak(i, 0, {4}));
  for (const int i : {3, 4, 5}) ASSERT_TRUE(rig.Speak(i, 0, {}));
  rig.OwnMaps(kId);
  const auto actions = rig.coordinator().TakeActions();
  EXPECT_THAT(Only<AskForEdgeMaps>(actions), IsEmpty());
  EXPECT_THAT(Only<OfferToCloud>(actions), SizeIs(1));
}

TEST(EdgesTest, SampleThatOnlyARemoteEdgeSawNeedsNoMapOfOurs) {
  EdgesRig rig;
  for (const int i : {0, 1, 2}) ASSERT_TRUE(rig.Speak(i, 0, {}));
  for (const int i : {3, 4, 5}) ASSERT_TRUE(rig.Speak(i, 0, {4}));
  ASSERT_TRUE(rig.SendSums(kId, {3, 4, 5}));
  ASSERT_TRUE(rig.SendEdgeMap(kId, {3, 4, 5}));
  const auto offers = Only<OfferToCloud>(rig.coordinator().TakeActions());
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_FALSE(offers[0].ask.children[0].has_value());
  EXPECT_TRUE(offers[0].ask.children[1].has_value());
}

TEST(EdgesTest, EdgeThatIsNotAliveTakesItsDevicesWithIt) {
  EdgesRig rig;
  for (const int i : {0, 1, 2}) ASSERT_TRUE(rig.Speak(i, 0, {4}));
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  rig.coordinator().SetAlive(kRemote, false, EdgesRig::At(5));
  EXPECT_THAT(Only<AskForMaps>(rig.coordinator().TakeActions()), SizeIs(1));
  rig.OwnMaps(kId);
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(EdgesTest, EdgeThatGoesIsNotWaitedForInAnyStage) {
  for (const bool sums : {false, true}) {
    EdgesRig rig;
    rig.AllSpeak(0, {4});
    rig.OwnMaps(kId);
    if (sums) {
      ASSERT_TRUE(rig.SendSums(kId, {3, 4, 5}));
    }
    rig.coordinator().TakeActions();
    rig.coordinator().SetAlive(kRemote, false, EdgesRig::At(5));
    const auto actions = rig.coordinator().TakeActions();
    const auto offers = Only<OfferToCloud>(actions);
    ASSERT_THAT(offers, SizeIs(1));
    EXPECT_FALSE(offers[0].ask.children[1].has_value());
    const auto answer = AnswerAsk(rig.network(), offers[0].ask).value();
    ASSERT_TRUE(rig.coordinator().OnCloudAnswer(answer, EdgesRig::At(9)));
    const SampleResult result = OnlyResult(rig.coordinator().TakeActions());
    EXPECT_EQ(result.status, ResultStatus::kDegraded);
    EXPECT_THAT(result.views_used, ElementsAre(0, 1, 2));
    EXPECT_THAT(result.views_missing, ElementsAre(3, 4, 5));
  }
}

TEST(EdgesTest, EdgeIsNotAwaitedOnceTheDevicesThatSawTheSampleAreGone) {
  EdgesRig rig;
  for (const int i : {0, 1, 2, 3, 4}) ASSERT_TRUE(rig.Speak(i, 0, {4}));
  ASSERT_TRUE(rig.Speak(5, 0, {}));
  rig.OwnMaps(kId);
  rig.coordinator().TakeActions();
  rig.coordinator().SetAlive(3, false, EdgesRig::At(5));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), IsEmpty());
  rig.coordinator().SetAlive(4, false, EdgesRig::At(6));
  const auto offers = Only<OfferToCloud>(rig.coordinator().TakeActions());
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_FALSE(offers[0].ask.children[1].has_value());
}

TEST(EdgesTest, EdgeMapIsAwaitedThoughItsDevicesAreGone) {
  EdgesRig rig;
  rig.AllSpeak(0, {4});
  rig.OwnMaps(kId);
  ASSERT_TRUE(rig.SendSums(kId, {3, 4, 5}));
  rig.coordinator().TakeActions();
  for (const int i : {3, 4, 5}) {
    rig.coordinator().SetAlive(i, false, EdgesRig::At(5));
  }
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), IsEmpty());
  ASSERT_TRUE(rig.SendEdgeMap(kId, {3, 4, 5}, 6));
  const auto offers = Only<OfferToCloud>(rig.coordinator().TakeActions());
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_TRUE(offers[0].ask.children[1].has_value());
}

TEST(EdgesTest, SilentEdgeIsBoundedByTheDeadlines) {
  EdgesRig rig;
  rig.AllSpeak(0, {4});
  rig.OwnMaps(kId);
  rig.coordinator().TakeActions();
  rig.coordinator().OnTime(EdgesRig::At(799));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), IsEmpty());
  rig.coordinator().OnTime(EdgesRig::At(800));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), SizeIs(1));
  EXPECT_EQ(rig.SendSums(kId, {3, 4, 5}).error(), Error::kNotFound);
}

TEST(EdgesTest, SilentEdgeMapIsMissingFromTheCloudAlone) {
  EdgesRig rig;
  rig.AllSpeak(0, {4});
  rig.OwnMaps(kId);
  ASSERT_TRUE(rig.SendSums(kId, {3, 5}));
  rig.coordinator().TakeActions();
  rig.coordinator().OnTime(EdgesRig::At(1000));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), SizeIs(1));
  rig.coordinator().OnTime(EdgesRig::At(2000));
  const SampleResult result = OnlyResult(rig.coordinator().TakeActions());
  EXPECT_EQ(result.exit, Tier::kEdge);
  EXPECT_EQ(result.status, ResultStatus::kFallback);
  EXPECT_EQ(result.logits, rig.EdgeLogits(kId, {0, 1, 2}, {3, 5}));
  EXPECT_THAT(result.views_used, ElementsAre(0, 1, 2, 3, 5));
  EXPECT_THAT(result.views_missing, ElementsAre(4));
}

TEST(EdgesTest, NothingAtAllFallsBackToTheLocalExit) {
  EdgesRig rig;
  rig.AllSpeak(0, {4});
  rig.coordinator().OnTime(EdgesRig::At(1000));
  const SampleResult result = OnlyResult(rig.coordinator().TakeActions());
  EXPECT_EQ(result.exit, Tier::kDevice);
  EXPECT_EQ(result.status, ResultStatus::kFallback);
}

TEST(EdgesTest, EdgeMapsAreAskedForAgain) {
  EdgesRig rig;
  rig.AllSpeak(0, {4, 9});
  rig.OwnMaps(kId);
  rig.OwnMaps({0, 9});
  ASSERT_TRUE(rig.SendSums(kId, {3, 4, 5}, 50));
  rig.coordinator().TakeActions();
  rig.coordinator().OnTime(EdgesRig::At(200));
  auto actions = rig.coordinator().TakeActions();
  ASSERT_THAT(Only<AskForMaps>(actions), SizeIs(1));
  EXPECT_THAT(Only<AskForMaps>(actions)[0].wanted, ElementsAre(SampleId{0, 9}));
  EXPECT_THAT(Only<AskForEdgeMaps>(actions), IsEmpty());
  rig.coordinator().OnTime(EdgesRig::At(250));
  actions = rig.coordinator().TakeActions();
  ASSERT_THAT(Only<AskForEdgeMaps>(actions), SizeIs(1));
  EXPECT_THAT(Only<AskForEdgeMaps>(actions)[0].wanted, ElementsAre(kId));
}

TEST(EdgesTest, WrongSumsAndMapsAreRefused) {
  EdgesRig rig;
  rig.AllSpeak(0, {4});
  auto& coordinator = rig.coordinator();
  const Instant now = EdgesRig::At(1);
  const Sums sums = rig.Section(kRemote, kId, {3}).sums;
  for (const int node : {0, kOwn, 8, 99, -1}) {
    EXPECT_EQ(
        coordinator.OnEdgeSums(node, {0, {{4, sums, {}, 8}}}, now).error(),
        Error::kUnknownDevice);
  }
  EXPECT_EQ(
      coordinator.OnEdgeSums(kRemote, {0, {{4, {1}, {}, 8}}}, now).error(),
      Error::kBadShape);
  for (const std::uint32_t sources : {0U, 1U, 9U, 64U}) {
    EXPECT_EQ(
        coordinator.OnEdgeSums(kRemote, {0, {{4, sums, {}, sources}}}, now)
            .error(),
        Error::kOutOfRange);
  }
  EXPECT_EQ(
      coordinator.OnEdgeSums(kRemote, {0, {{5, sums, {}, 8}}}, now).error(),
      Error::kNotFound);
  EXPECT_EQ(coordinator.OnEdgeSums(kRemote, {9, {}}, now).error(),
            Error::kNotFound);
  EXPECT_EQ(
      coordinator.OnMap(kRemote, {kId, rig.Output(0, kId).map}, now).error(),
      Error::kBadShape);
  EXPECT_EQ(rig.SendEdgeMap(kId, {3}).error(), Error::kNotFound);
  EXPECT_EQ(coordinator.OnMap(kOwn, {kId, {}}, now).error(),
            Error::kUnknownDevice);
}

TEST(EdgesTest, RelayThatWasLostStillCountsAsUsed) {
  EdgesRig rig;
  for (const int i : {0, 1, 2, 3, 4}) ASSERT_TRUE(rig.Speak(i, 0, {4}));
  rig.coordinator().OnTime(EdgesRig::At(500));
  rig.OwnMaps(kId, 510);
  ASSERT_TRUE(rig.SendSums(kId, {3, 4, 5}, 520));
  rig.coordinator().SetAlive(kRemote, false, EdgesRig::At(530));
  rig.coordinator().OnTime(EdgesRig::At(2000));
  const SampleResult result = OnlyResult(rig.coordinator().TakeActions());
  EXPECT_EQ(result.exit, Tier::kEdge);
  EXPECT_EQ(result.views_used, kAllSix);
  EXPECT_THAT(result.views_missing, IsEmpty());
}

}  // namespace
}  // namespace ddnn

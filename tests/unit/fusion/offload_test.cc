// Where devices offload: views in place of sums, and the cloud alone decides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SampleId kId{0, 4};

CoordinatorOptions Offloading(std::size_t max_pixel_bytes = 1 << 20) {
  CoordinatorOptions options;
  options.offload = Offload::kRaw;
  options.max_pixel_bytes = max_pixel_bytes;
  return options;
}

/// The pixels of a view that nobody decodes here.
EncodedView Pixels(int device) {
  return EncodedView(100, static_cast<char>('a' + device));
}

/// Would leave at the local exit if there were sums: T = 1.
struct OffloadRig : FusionRig {
  explicit OffloadRig(const CoordinatorOptions& options = Offloading())
      : FusionRig(Sure(), options) {
    AllAlive();
  }
  Status Show(int device, Tick tick, const std::vector<ObjectNumber>& objects,
              int ms = 0) {
    TickScores pixels{tick, {}};
    for (const ObjectNumber object : objects) {
      pixels.views.push_back({object, {}, Pixels(device)});
    }
    return coordinator().OnScores(device, pixels, At(ms));
  }
  /// Devices 0 and 2 see sample kId, the others nothing.
  void ShowTwo() {
    for (int i = 0; i < devices(); ++i) {
      EXPECT_TRUE(Show(i, kId.tick,
                       i == 0 || i == 2 ? std::vector<ObjectNumber>{4}
                                        : std::vector<ObjectNumber>{}));
    }
  }
};

TEST(OffloadTest, EverySampleIsOfferedToTheCloudAtOnce) {
  OffloadRig rig;
  rig.ShowTwo();
  const auto actions = rig.coordinator().TakeActions();
  ASSERT_THAT(actions, SizeIs(1));
  const auto offers = Only<OfferToCloud>(actions);
  ASSERT_THAT(offers, SizeIs(1));
  EXPECT_EQ(offers[0].ask.sample, kId);
  EXPECT_EQ(offers[0].ask.offload, Offload::kRaw);
  EXPECT_THAT(offers[0].ask.children, IsEmpty());
  EXPECT_THAT(offers[0].ask.views,
              ElementsAre(Pixels(0), "", Pixels(2), "", "", ""));
}

TEST(OffloadTest, TheCloudsAnswerIsTheOnlyExit) {
  OffloadRig rig;
  rig.ShowTwo();
  rig.coordinator().TakeActions();
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer({kId, {3, 1, 2}}, rig.At(5)));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].label, 0);
  EXPECT_EQ(results[0].exit, Tier::kCloud);
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_THAT(results[0].path, SizeIs(1));
  EXPECT_THAT(results[0].views_used, ElementsAre(0, 2));
  EXPECT_EQ(results[0].content_bytes, 200);
}

TEST(OffloadTest, SilentDevicesAreMissing) {
  OffloadRig rig;
  ASSERT_TRUE(rig.Show(1, 0, {4}));
  rig.coordinator().OnTime(rig.At(500));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), SizeIs(1));
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer({kId, {3, 1, 2}}, rig.At(501)));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
  EXPECT_THAT(results[0].views_missing, ElementsAre(0, 2, 3, 4, 5));
}

TEST(OffloadTest, ASilentCloudLosesTheSampleAtItsDeadline) {
  OffloadRig rig;
  rig.ShowTwo();
  rig.coordinator().TakeActions();
  rig.coordinator().OnTime(rig.At(2000));
  const auto losses = Losses(rig.coordinator().TakeActions());
  ASSERT_THAT(losses, SizeIs(1));
  EXPECT_EQ(losses[0].reason, LossReason::kSilent);
  EXPECT_EQ(rig.coordinator().samples_in_flight(), 0U);
}

TEST(OffloadTest, SumsAreNoPixelsAndPixelsNoSums) {
  OffloadRig offloads;
  EXPECT_EQ(offloads.Speak(0, 0, {4}).error(), Error::kBadShape);
  FusionRig sums;
  sums.AllAlive();
  const TickScores pixels{0, {{4, {}, Pixels(0)}}};
  EXPECT_EQ(sums.coordinator().OnScores(0, pixels, sums.At(0)).error(),
            Error::kBadShape);
}

TEST(OffloadTest, TooManyPixelsAreBadShape) {
  OffloadRig rig;
  const EncodedView large(kMaxEncodedViewBytes + 1, 'x');
  const TickScores pixels{0, {{4, {}, large}}};
  EXPECT_EQ(rig.coordinator().OnScores(0, pixels, rig.At(0)).error(),
            Error::kBadShape);
}

TEST(OffloadTest, SamplesBeyondTheBytesInFlightAreLostUntilSomeEnd) {
  OffloadRig rig(Offloading(1200));  // two samples of six views
  for (int i = 0; i < rig.devices(); ++i) {
    ASSERT_TRUE(rig.Show(i, 0, {1, 2}));
  }
  for (int i = 0; i < rig.devices(); ++i) ASSERT_TRUE(rig.Show(i, 1, {3}));
  const auto losses = Losses(rig.coordinator().TakeActions());
  ASSERT_THAT(losses, SizeIs(1));
  EXPECT_EQ(losses[0].sample, (SampleId{1, 3}));
  EXPECT_EQ(losses[0].reason, LossReason::kOverload);
  ASSERT_TRUE(rig.coordinator().OnCloudAnswer({{0, 1}, {1, 2, 3}}, rig.At(1)));
  for (int i = 0; i < rig.devices(); ++i) ASSERT_TRUE(rig.Show(i, 2, {5}));
  EXPECT_THAT(Only<OfferToCloud>(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(OffloadTest, TooManyGatheredBytesDecideTheOldestTick) {
  OffloadRig rig(Offloading(300));
  ASSERT_TRUE(rig.Show(0, 0, {1, 2}));
  EXPECT_THAT(rig.coordinator().TakeActions(), IsEmpty());
  ASSERT_TRUE(rig.Show(0, 1, {3, 4}));  // 400 bytes in all
  const auto offers = Only<OfferToCloud>(rig.coordinator().TakeActions());
  ASSERT_THAT(offers, SizeIs(2));
  EXPECT_EQ(offers[0].ask.sample.tick, 0U);
}

TEST(OffloadTest, ShutdownLosesWhatIsInFlight) {
  OffloadRig rig;
  rig.ShowTwo();
  rig.coordinator().TakeActions();
  rig.coordinator().Shutdown();
  EXPECT_THAT(Losses(rig.coordinator().TakeActions()), SizeIs(1));
}

View AnyView(unsigned seed) {
  std::mt19937 random(seed);
  View view;
  for (auto& pixel : view) pixel = static_cast<std::uint8_t>(random());
  return view;
}

class AnswerViewsTest : public testing::TestWithParam<int> {};

TEST_P(AnswerViewsTest, LogitsAreThoseOfTheSectionsOneByOne) {
  const Network network(MakeTestBundle({.edges = GetParam()}));
  std::vector<std::optional<View>> views(6);
  for (const std::size_t i : {0U, 1U, 4U}) {
    views[i] = AnyView(static_cast<unsigned>(i));
  }
  const auto answer = AnswerViews(network, kId, views);
  ASSERT_TRUE(answer.ok()) << answer.message();

  std::vector<FeatureMap> maps;
  std::vector<const FeatureMap*> children(6, nullptr);
  maps.reserve(6);
  for (const std::size_t i : {0U, 1U, 4U}) {
    maps.push_back(network.RunDevice(static_cast<int>(i), *views[i]).map);
    children[i] = &maps.back();
  }
  NodeOutput output;
  if (GetParam() == 1) {
    output = network.RunNode(6, children).value();
    children = {&output.map};
  }
  const int root = network.bundle().NodesOf(Tier::kCloud)[0];
  const NodeOutput cloud = network.RunNode(root, children).value();
  const Sums* sums = &cloud.sums;
  EXPECT_EQ(answer->sample, kId);
  EXPECT_EQ(answer->logits,
            network.ExitLogits(Tier::kCloud, {&sums, 1}).value());
}

INSTANTIATE_TEST_SUITE_P(Edges, AnswerViewsTest, testing::Values(0, 1));

TEST(AnswerViewsRefusalTest, NoViewAtAllAndTooFewAreRefused) {
  const Network network(MakeTestBundle());
  const std::vector<std::optional<View>> none(6);
  EXPECT_EQ(AnswerViews(network, kId, none).error(), Error::kBadShape);
  const std::vector<std::optional<View>> few{AnyView(1)};
  EXPECT_EQ(AnswerViews(network, kId, few).error(), Error::kBadShape);
}

}  // namespace
}  // namespace ddnn

#include "core/nn/network.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/test_bundle.h"
#include "tests/unit/nn/layer_oracle.h"
#include "tests/unit/nn/targets.h"

namespace ddnn {
namespace {

using Maps = std::vector<const FeatureMap*>;

View RandomView(Random& random) {
  View view;
  for (std::uint8_t& pixel : view) {
    pixel = static_cast<std::uint8_t>(random());
  }
  return view;
}

/// Two devices and a cloud of one layer: its map shows what was aggregated.
TestBundleOptions OneCloudLayer(Aggregation maps, Absent absent) {
  return {.devices = 2,
          .filters = 2,
          .cloud_filters = 9,
          .cloud_layers = 1,
          .maps = maps,
          .absent = absent};
}

class AggregatorTest : public testing::TestWithParam<Kernel> {
 protected:
  static constexpr int kCloud = 2;

  void SetUp() override {
    a_ = RandomMap(random_, {2, 16, 16});
    b_ = RandomMap(random_, {2, 16, 16});
  }
  Network Build(Aggregation maps, Absent absent = Absent::kMasked) {
    return Network(MakeTestBundle(OneCloudLayer(maps, absent)), GetParam());
  }
  static FeatureMap CloudMap(const Network& network, const Maps& maps) {
    return network.RunNode(kCloud, maps).value().map;
  }
  static const ConvP& CloudLayer(const Network& network) {
    return network.bundle().nodes[kCloud].section.layers[0];
  }

  Random random_{11};
  FeatureMap a_;
  FeatureMap b_;
};

INSTANTIATE_TEST_SUITE_P(Both, AggregatorTest,
                         testing::Values(Kernel::kReference, Kernel::kFast),
                         [](const auto& kernel) {
                           return kernel.param == Kernel::kFast ? "Fast"
                                                                : "Reference";
                         });

TEST_P(AggregatorTest, MaxPoolOfMapsIsOr) {
  const Network network = Build(Aggregation::kMaxPool);
  FeatureMap either = a_;
  for (std::size_t i = 0; i < either.bits.size(); ++i) {
    either.bits[i] |= b_.bits[i];
  }
  EXPECT_EQ(CloudMap(network, {&a_, &b_}),
            OracleConvP(CloudLayer(network), 0, {{&either, 0}}));
}

TEST_P(AggregatorTest, MaskedChildIsTheIdentityOfMaxPool) {
  const Network network = Build(Aggregation::kMaxPool);
  EXPECT_EQ(CloudMap(network, {nullptr, &b_}),
            OracleConvP(CloudLayer(network), 0, {{&b_, 0}}));
}

TEST_P(AggregatorTest, AveragePoolOfMapsSumsThem) {
  const Network network = Build(Aggregation::kAveragePool);
  EXPECT_EQ(CloudMap(network, {&a_, &b_}),
            OracleConvP(CloudLayer(network), 1, {{&a_, 0}, {&b_, 0}}));
}

TEST_P(AggregatorTest, MaskedChildChangesTheTableOfAveragePool) {
  const Network network = Build(Aggregation::kAveragePool);
  EXPECT_EQ(CloudMap(network, {nullptr, &b_}),
            OracleConvP(CloudLayer(network), 0, {{&b_, 0}}));
}

TEST_P(AggregatorTest, ConcatPutsMapsSideBySide) {
  const Network network = Build(Aggregation::kConcat);
  EXPECT_EQ(CloudMap(network, {&a_, &b_}),
            OracleConvP(CloudLayer(network), 0, {{&a_, 0}, {&b_, 2}}));
}

TEST_P(AggregatorTest, MaskedChildHasNoTapsInConcat) {
  const Network network = Build(Aggregation::kConcat);
  EXPECT_EQ(CloudMap(network, {&a_, nullptr}),
            OracleConvP(CloudLayer(network), 0, {{&a_, 0}}));
  EXPECT_EQ(CloudMap(network, {nullptr, &b_}),
            OracleConvP(CloudLayer(network), 0, {{&b_, 2}}));
}

TEST_P(AggregatorTest, BlankChildAnswersAZeroImage) {
  for (const Aggregation maps :
       {Aggregation::kMaxPool, Aggregation::kAveragePool,
        Aggregation::kConcat}) {
    const Network blank = Build(maps, Absent::kBlank);
    const Network masked = Build(maps);
    const FeatureMap zero = masked.RunDevice(1, View{}).map;
    EXPECT_EQ(CloudMap(blank, {&a_, nullptr}), CloudMap(masked, {&a_, &zero}));
    EXPECT_EQ(CloudMap(blank, {&a_, &b_}), CloudMap(masked, {&a_, &b_}));
  }
}

TEST_P(AggregatorTest, BlankEdgeAnswersZeroImages) {
  const Network network(
      MakeTestBundle(
          {.devices = 4, .edges = 2, .filters = 2, .absent = Absent::kBlank}),
      GetParam());
  std::vector<FeatureMap> blanks;
  for (const int device : {2, 3}) {
    blanks.push_back(network.RunDevice(device, View{}).map);
  }
  const NodeOutput blank_edge =
      network.RunNode(5, Maps{&blanks[0], &blanks[1]}).value();
  const FeatureMap edge = RandomMap(random_, network.bundle().OutputShape(4));
  EXPECT_EQ(network.RunNode(6, Maps{&edge, nullptr}).value().map,
            network.RunNode(6, Maps{&edge, &blank_edge.map}).value().map);
}

TEST_P(AggregatorTest, HeadSumsTheSectionsMap) {
  const Network network = Build(Aggregation::kConcat);
  const NodeOutput output = network.RunNode(kCloud, Maps{&a_, &b_}).value();
  const BinaryFc& head = network.bundle().nodes[kCloud].section.head;
  for (int c = 0; c < head.classes; ++c) {
    std::int32_t sum = 0;
    for (int i = 0; i < head.inputs; ++i) {
      const auto at = static_cast<std::size_t>(i / 8);
      const auto row = static_cast<std::size_t>(c) * head.row_bytes();
      const bool differ =
          (((head.weights[row + at] ^ output.map.bits[at]) >> (i % 8)) & 1) !=
          0;
      sum += differ ? -1 : 1;
    }
    EXPECT_EQ(output.sums[static_cast<std::size_t>(c)], sum);
  }
}

TEST_P(AggregatorTest, WrongChildrenAreRefused) {
  const Network network = Build(Aggregation::kConcat);
  const FeatureMap small({2, 8, 8});
  FeatureMap cut = a_;
  cut.bits.pop_back();
  const std::vector<Maps> wrong{{},
                                {&a_},
                                {&a_, &b_, &b_},
                                {&a_, &small},
                                {&cut, &b_},
                                {nullptr, nullptr}};
  for (const Maps& maps : wrong) {
    EXPECT_EQ(network.RunNode(kCloud, maps).error(), Error::kBadShape);
  }
}

/// Two devices, two classes, a local exit with round numbers:
/// v0 = sum0 * {1, 2} + {0, 10}, v1 = sum1 * {3, 4} + {-1, 0}.
Bundle ExitBundle(Aggregation scores, Absent absent = Absent::kMasked) {
  Bundle bundle = MakeTestBundle(
      {.devices = 2, .classes = 2, .scores = scores, .absent = absent});
  Exit& exit = *bundle.ExitOf(Tier::kDevice);
  exit.scale = {1.0F, 2.0F, 3.0F, 4.0F};
  exit.bias = {0.0F, 10.0F, -1.0F, 0.0F};
  if (scores == Aggregation::kConcat) {
    // Signs ++-+ for class 0, -+-- for class 1.
    exit.concat_weights = {0b0010'1011};
    exit.concat_scale = {0.5F, 2.0F};
    exit.concat_bias = {1.0F, -1.0F};
  }
  return bundle;
}

std::vector<float> Logits(const Bundle& bundle, const Sums* first,
                          const Sums* second) {
  const std::vector<const Sums*> sums{first, second};
  return Network(bundle).ExitLogits(Tier::kDevice, sums).value();
}

const Sums kFirst{5, -4};   // v = 5, 2
const Sums kSecond{2, 3};   // v = 5, 12
const Sums kThird{-2, -3};  // v = -7, -12

TEST(ExitLogitsTest, MaxPoolTakesTheLargest) {
  const Bundle bundle = ExitBundle(Aggregation::kMaxPool);
  EXPECT_EQ(Logits(bundle, &kFirst, &kSecond), (std::vector<float>{5, 12}));
  EXPECT_EQ(Logits(bundle, &kFirst, &kThird), (std::vector<float>{5, 2}));
}

TEST(ExitLogitsTest, AveragePoolDividesByThePresent) {
  const Bundle bundle = ExitBundle(Aggregation::kAveragePool);
  EXPECT_EQ(Logits(bundle, &kFirst, &kSecond), (std::vector<float>{5, 7}));
  EXPECT_EQ(Logits(bundle, nullptr, &kThird), (std::vector<float>{-7, -12}));
}

TEST(ExitLogitsTest, ConcatIsAFullyConnectedLayer) {
  const Bundle bundle = ExitBundle(Aggregation::kConcat);
  // z = 5 + 2 - 5 + 12 = 14 and -5 + 2 - 5 - 12 = -20.
  EXPECT_EQ(Logits(bundle, &kFirst, &kSecond), (std::vector<float>{8, -41}));
}

TEST(ExitLogitsTest, MaskedContributorAddsNothingToConcat) {
  const Bundle bundle = ExitBundle(Aggregation::kConcat);
  // z = -5 + 12 and -5 - 12; z = 5 + 2 and -5 + 2.
  EXPECT_EQ(Logits(bundle, nullptr, &kSecond),
            (std::vector<float>{4.5F, -35.0F}));
  EXPECT_EQ(Logits(bundle, &kFirst, nullptr),
            (std::vector<float>{4.5F, -7.0F}));
}

TEST(ExitLogitsTest, MaskedContributorIsIgnoredByMaxPool) {
  const Bundle bundle = ExitBundle(Aggregation::kMaxPool);
  EXPECT_EQ(Logits(bundle, nullptr, &kThird), (std::vector<float>{-7, -12}));
}

TEST(ExitLogitsTest, BlankContributorAnswersAZeroImage) {
  for (const Aggregation scores :
       {Aggregation::kMaxPool, Aggregation::kAveragePool,
        Aggregation::kConcat}) {
    const Bundle blank = ExitBundle(scores, Absent::kBlank);
    const Bundle masked = ExitBundle(scores);
    const Sums zero = Network(masked).RunDevice(0, View{}).sums;
    EXPECT_EQ(Logits(blank, nullptr, &kSecond),
              Logits(masked, &zero, &kSecond));
    EXPECT_EQ(Logits(blank, &kFirst, &kSecond),
              Logits(masked, &kFirst, &kSecond));
  }
}

TEST(ExitLogitsTest, AveragePoolAddsInDeviceOrder) {
  Bundle bundle = MakeTestBundle(
      {.devices = 3, .classes = 2, .scores = Aggregation::kAveragePool});
  Exit& exit = *bundle.ExitOf(Tier::kDevice);
  exit.scale.assign(6, 1.0F);
  exit.bias.assign(6, 0.0F);
  // In float, 2^25 + 1 = 2^25: only this order leaves the 3.
  exit.scale[0] = exit.scale[2] = 33554432.0F;
  const Sums most{1, 0};
  const Sums least{-1, 0};
  const Sums three{3, 0};
  const std::vector<const Sums*> sums{&most, &least, &three};
  EXPECT_EQ(Network(bundle).ExitLogits(Tier::kDevice, sums).value(),
            (std::vector<float>{1.0F, 0.0F}));
}

TEST(ExitLogitsTest, WrongSumsAreRefused) {
  const Network network(ExitBundle(Aggregation::kMaxPool));
  const Sums three{1, 2, 3};
  const std::vector<std::vector<const Sums*>> wrong{
      {},
      {&kFirst},
      {&kFirst, &kSecond, &kThird},
      {&kFirst, &three},
      {nullptr, nullptr}};
  for (const auto& sums : wrong) {
    EXPECT_EQ(network.ExitLogits(Tier::kDevice, sums).error(),
              Error::kBadShape);
  }
}

TEST(NetworkTest, DecideUsesTheExitsThresholdAndTemperature) {
  Bundle bundle = ExitBundle(Aggregation::kMaxPool);
  bundle.ExitOf(Tier::kDevice)->threshold = 0.5F;
  bundle.ExitOf(Tier::kDevice)->temperature = 4.0F;
  const Network network(bundle);
  const std::vector<float> logits{1.0F, 3.0F};
  const Decision expected = ExitGate(0.5F, 4.0F).Decide(logits).value();
  const Decision local = network.Decide(Tier::kDevice, logits).value();
  EXPECT_EQ(local.eta, expected.eta);
  EXPECT_EQ(local.exits, expected.exits);
  EXPECT_TRUE(network.Decide(Tier::kCloud, logits).value().exits);
}

TEST(NetworkTest, DecideRefusesAnotherNumberOfClasses) {
  const Network network(ExitBundle(Aggregation::kMaxPool));
  const std::vector<float> logits{1.0F, 3.0F, 0.0F};
  EXPECT_EQ(network.Decide(Tier::kDevice, logits).error(), Error::kBadShape);
}

std::vector<TestBundleOptions> ManyTrees() {
  std::vector<TestBundleOptions> trees;
  std::uint64_t seed = 1;
  for (const Aggregation maps :
       {Aggregation::kMaxPool, Aggregation::kAveragePool,
        Aggregation::kConcat}) {
    for (const Absent absent : {Absent::kMasked, Absent::kBlank}) {
      trees.push_back({.devices = 6, .maps = maps, .absent = absent});
      trees.push_back({.devices = 5,
                       .edges = 2,
                       .filters = 3,
                       .device_layers = 2,
                       .cloud_filters = 5,
                       .maps = maps,
                       .absent = absent});
      trees.push_back({.devices = 1,
                       .filters = 16,
                       .cloud_layers = 3,
                       .maps = maps,
                       .absent = absent});
    }
  }
  for (TestBundleOptions& tree : trees) tree.seed = ++seed;
  return trees;
}

/// All nodes' outputs for one sample, of which some children are absent.
std::vector<NodeOutput> RunAll(const Network& network,
                               const std::vector<View>& views,
                               const std::vector<bool>& absent) {
  std::vector<NodeOutput> outputs;
  const Bundle& bundle = network.bundle();
  for (int node = 0; node < static_cast<int>(bundle.nodes.size()); ++node) {
    const auto at = static_cast<std::size_t>(node);
    if (bundle.nodes[at].tier == Tier::kDevice) {
      outputs.push_back(network.RunDevice(node, views[at]));
      continue;
    }
    Maps maps;
    for (const int child : bundle.ChildrenOf(node)) {
      const auto from = static_cast<std::size_t>(child);
      maps.push_back(absent[from] ? nullptr : &outputs[from].map);
    }
    if (maps[0] == nullptr) {
      maps[0] =
          &outputs[static_cast<std::size_t>(bundle.ChildrenOf(node)[0])].map;
    }
    outputs.push_back(network.RunNode(node, maps).value());
  }
  return outputs;
}

TEST(NetworkTest, FastKernelEqualsReferenceInEveryTree) {
  Random random(5);
  for (const TestBundleOptions& tree : ManyTrees()) {
    const Bundle bundle = MakeTestBundle(tree);
    const Network reference(bundle, Kernel::kReference);
    std::vector<View> views;
    std::vector<bool> absent;
    for (std::size_t i = 0; i < bundle.nodes.size(); ++i) {
      views.push_back(RandomView(random));
      absent.push_back(Between(random, 0, 2) == 0);
    }
    const auto expected = RunAll(reference, views, absent);
    OnEachTarget([&](const std::string& target) {
      const Network fast(bundle, Kernel::kFast);
      const auto outputs = RunAll(fast, views, absent);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(outputs[i].map, expected[i].map) << target << ", node " << i;
        ASSERT_EQ(outputs[i].sums, expected[i].sums)
            << target << ", node " << i;
      }
    });
  }
}

}  // namespace
}  // namespace ddnn

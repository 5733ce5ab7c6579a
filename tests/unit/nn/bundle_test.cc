#include "core/nn/bundle.h"

#include <gtest/gtest.h>

#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

TEST(BundleTest, HierarchyFollowsTheTree) {
  EXPECT_EQ(MakeTestBundle({.devices = 1}).Hierarchy(), 'b');
  EXPECT_EQ(MakeTestBundle({.devices = 6}).Hierarchy(), 'c');
  EXPECT_EQ(MakeTestBundle({.devices = 1, .edges = 1}).Hierarchy(), 'd');
  EXPECT_EQ(MakeTestBundle({.devices = 6, .edges = 1}).Hierarchy(), 'e');
  EXPECT_EQ(MakeTestBundle({.devices = 6, .edges = 2}).Hierarchy(), 'f');
}

TEST(BundleTest, ChildrenOfTheEdgeAreTheDevices) {
  const Bundle bundle = MakeTestBundle({.devices = 3, .edges = 1});
  EXPECT_EQ(bundle.device_count(), 3);
  EXPECT_EQ(bundle.ChildrenOf(3), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(bundle.ChildrenOf(4), (std::vector<int>{3}));
  EXPECT_EQ(bundle.NodesOf(Tier::kCloud), (std::vector<int>{4}));
}

TEST(BundleTest, ExitOfATierWithoutOneIsNull) {
  Bundle bundle = MakeTestBundle({.local_exit = false});
  EXPECT_EQ(bundle.ExitOf(Tier::kDevice), nullptr);
  ASSERT_NE(bundle.ExitOf(Tier::kCloud), nullptr);
  EXPECT_EQ(bundle.ExitOf(Tier::kCloud)->tier, Tier::kCloud);
}

TEST(BundleTest, EachPoolOfStrideTwoHalvesTheMap) {
  const Bundle bundle =
      MakeTestBundle({.edges = 1, .filters = 5, .device_layers = 2});
  EXPECT_EQ(bundle.OutputShape(0), (MapShape{5, 8, 8}));
  EXPECT_EQ(bundle.OutputShape(6), (MapShape{4, 4, 4}));
  EXPECT_EQ(bundle.OutputShape(7), (MapShape{8, 4, 4}));
}

TEST(BundleTest, PoolOfStrideTwoRoundsUp) {
  ConvP layer;
  layer.filters = 2;
  layer.pool_stride = 2;
  EXPECT_EQ(layer.OutputShape({3, 5, 1}), (MapShape{2, 3, 1}));
}

// Paper: fewer than 2 KB of parameters on a device.
TEST(BundleTest, DeviceSectionParametersFitTheDevice) {
  const Bundle four = MakeTestBundle({.filters = 4});
  EXPECT_LE(four.nodes[0].section.parameter_bytes(), 600U);
  const Bundle sixteen = MakeTestBundle({.filters = 16});
  EXPECT_LE(sixteen.nodes[0].section.parameter_bytes(), 2048U);
}

TEST(BundleTest, EveryAggregationAndTreeOfTheTestBundlesIsValid) {
  for (const int edges : {0, 1, 2}) {
    for (const auto maps : {Aggregation::kMaxPool, Aggregation::kAveragePool,
                            Aggregation::kConcat}) {
      for (const auto scores :
           {Aggregation::kMaxPool, Aggregation::kAveragePool,
            Aggregation::kConcat}) {
        const Bundle bundle =
            MakeTestBundle({.edges = edges, .scores = scores, .maps = maps});
        const Status status = CheckBundle(bundle);
        EXPECT_TRUE(status.ok()) << status.message();
      }
    }
  }
}

}  // namespace
}  // namespace ddnn

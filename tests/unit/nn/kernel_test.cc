#include "core/nn/kernel.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/unit/nn/layer_oracle.h"
#include "tests/unit/nn/targets.h"

namespace ddnn {
namespace {

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr MapShape kViewShape{kViewChannels, kViewSide, kViewSide};

/// One filter whose weights all have one sign.
ConvP UniformConvP(int in_channels, bool plus, bool at_least,
                   std::int32_t threshold, int stride = 1) {
  ConvP layer;
  layer.in_channels = in_channels;
  layer.filters = 1;
  layer.pool_stride = stride;
  const int bits = in_channels * 9;
  layer.weights.assign(static_cast<std::size_t>(bits + 7) / 8, 0);
  for (int i = 0; plus && i < bits; ++i) {
    layer.weights[static_cast<std::size_t>(i / 8)] |=
        static_cast<std::uint8_t>(1U << (i % 8));
  }
  layer.thresholds = {threshold};
  layer.at_least = {static_cast<std::uint8_t>(at_least ? 1 : 0)};
  return layer;
}

class KernelTest : public testing::TestWithParam<const LayerKernel*> {
 protected:
  FeatureMap Convolve(const ConvP& layer, const FeatureMap& map) const {
    std::vector<InputPlane> planes;
    AppendPlanes(map, 0, planes);
    return GetParam()->convolve_planes(PreparedConvP(layer, map.shape), planes,
                                       0);
  }
  FeatureMap Convolve(ConvP layer, const View& view) const {
    layer.reads_pixels = true;
    return GetParam()->convolve_view(PreparedConvP(layer, kViewShape), view);
  }
};

INSTANTIATE_TEST_SUITE_P(Both, KernelTest,
                         testing::Values(&ReferenceKernel(), &FastKernel()),
                         [](const auto& kernel) {
                           return kernel.param == &FastKernel() ? "Fast"
                                                                : "Reference";
                         });

TEST_P(KernelTest, BorderTapsContributeNothing) {
  // z = -2 -3 -3 -3 -2, pooled -2 -2 -3 -2 -2.
  const ConvP layer = UniformConvP(1, true, true, -2);
  EXPECT_EQ(Convolve(layer, MapOf({{"....."}})), MapOf({{"##.##"}}));
}

TEST_P(KernelTest, StrideTwoKeepsEvenPositions) {
  const ConvP layer = UniformConvP(1, true, true, -2, 2);
  EXPECT_EQ(Convolve(layer, MapOf({{"....."}})), MapOf({{"#.#"}}));
  EXPECT_EQ(Convolve(layer, MapOf({{"...."}})), MapOf({{"##"}}));
}

TEST_P(KernelTest, PoolingIgnoresWhatLiesBeyondTheBorder) {
  // z = -4 everywhere: all of a 2x2 map's windows are cut by the border.
  const FeatureMap map = MapOf({{"..", ".."}});
  EXPECT_EQ(Convolve(UniformConvP(1, true, false, -4), map),
            MapOf({{"##", "##"}}));
}

TEST_P(KernelTest, PoolingComesBeforeTheThreshold) {
  // z = 2 1 -1 -3 -2; its maxima 2 2 1 -1 -2 are compared, not z itself.
  const ConvP layer = UniformConvP(1, true, false, 1);
  EXPECT_EQ(Convolve(layer, MapOf({{"##..."}})), MapOf({{"..###"}}));
}

TEST_P(KernelTest, OnePixelSeesTheCentreWeightAlone) {
  ConvP layer = UniformConvP(1, false, true, 1);
  EXPECT_EQ(Convolve(layer, MapOf({{"#"}})), MapOf({{"."}}));
  layer.weights[0] |= 1U << 4;
  EXPECT_EQ(Convolve(layer, MapOf({{"#"}})), MapOf({{"#"}}));
}

TEST_P(KernelTest, WeightsAreNotFlipped) {
  // Only the tap to the left is +1: z = 0 3 1 1 0.
  ConvP layer = UniformConvP(1, false, true, 3);
  layer.weights[0] |= 1U << 3;
  EXPECT_EQ(Convolve(layer, MapOf({{"#...."}})), MapOf({{"###.."}}));
}

TEST_P(KernelTest, TiesMeetTheThreshold) {
  const FeatureMap map = MapOf({{"#"}});  // z = 1
  EXPECT_EQ(Convolve(UniformConvP(1, true, true, 1), map), MapOf({{"#"}}));
  EXPECT_EQ(Convolve(UniformConvP(1, true, true, 2), map), MapOf({{"."}}));
  EXPECT_EQ(Convolve(UniformConvP(1, true, false, 1), map), MapOf({{"#"}}));
  EXPECT_EQ(Convolve(UniformConvP(1, true, false, 0), map), MapOf({{"."}}));
}

TEST_P(KernelTest, ExtremeThresholdsAreAlwaysOrNeverMet) {
  const FeatureMap map = MapOf({{"#."}});
  const std::vector<std::int32_t> extremes{kMost, -kMost, -kMost - 1};
  for (const std::int32_t k : extremes) {
    EXPECT_EQ(Convolve(UniformConvP(1, true, true, k), map),
              k > 0 ? MapOf({{".."}}) : MapOf({{"##"}}));
    EXPECT_EQ(Convolve(UniformConvP(1, true, false, k), map),
              k > 0 ? MapOf({{"##"}}) : MapOf({{".."}}));
  }
}

TEST_P(KernelTest, PixelsAreMeasuredByTheLargest) {
  // One pixel of 10: z = 10 = m around it, so z / m >= 1 in 2x2 sums, which
  // pool to 3x3.
  View view{};
  view[0] = 10;
  const FeatureMap map = Convolve(UniformConvP(3, true, true, 65536), view);
  FeatureMap expected({1, 32, 32});
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 3; ++x) expected.Set(0, y, x);
  }
  EXPECT_EQ(map, expected);
  EXPECT_EQ(Convolve(UniformConvP(3, true, true, 65537), view),
            FeatureMap({1, 32, 32}));
}

TEST_P(KernelTest, PixelSumsPoolWithoutPadding) {
  // z = -10 in the corner's 2x2; only the corner's own window is all -10.
  View view{};
  view[0] = 10;
  FeatureMap expected({1, 32, 32});
  expected.Set(0, 0, 0);
  EXPECT_EQ(Convolve(UniformConvP(3, false, false, -65536), view), expected);
}

TEST_P(KernelTest, BlackViewHasScaleOne) {
  // z = 0 everywhere and m = 1: bit = 0 >= k.
  const auto all_set = [this](std::int32_t k) {
    return Convolve(UniformConvP(3, true, true, k), View{}).bits ==
           std::vector<std::uint8_t>(128, 0xFF);
  };
  EXPECT_TRUE(all_set(0));
  EXPECT_FALSE(all_set(1));
}

TEST_P(KernelTest, BrightestViewStaysBelowTheLargestThreshold) {
  View view;
  view.fill(255);
  EXPECT_EQ(Convolve(UniformConvP(3, true, true, 27 * 65536), view).bits,
            std::vector<std::uint8_t>(128, 0xFF));
  EXPECT_EQ(Convolve(UniformConvP(3, true, true, kMaxPixelThreshold), view),
            FeatureMap({1, 32, 32}));
  EXPECT_EQ(Convolve(UniformConvP(3, false, false, -kMaxPixelThreshold), view),
            FeatureMap({1, 32, 32}));
}

TEST_P(KernelTest, HeadCountsAgreements) {
  const FeatureMap map = MapOf({{"#.#.", "...."}});
  BinaryFc fc{.inputs = 8, .classes = 3, .weights = {0xFF, 0x00, 0x05}};
  // 2 of 8 agree, 6 of 8, all.
  EXPECT_EQ(GetParam()->connect(fc, map),
            (std::vector<std::int32_t>{-4, 4, 8}));
}

TEST_P(KernelTest, HeadSkipsUnusedBitsOfPlanes) {
  // Planes of 9 bits: input 9 is the first of the second plane.
  FeatureMap map({2, 3, 3});
  map.Set(1, 0, 0);
  const BinaryFc fc{.inputs = 18,
                    .classes = 2,
                    .weights = {0xFF, 0xFF, 0x03, 0x00, 0x02, 0x00}};
  EXPECT_EQ(GetParam()->connect(fc, map), (std::vector<std::int32_t>{-16, 18}));
}

TEST_P(KernelTest, RandomPlanesFollowTheDefinition) {
  Random random(7);
  for (int i = 0; i < 40; ++i) {
    const MapShape shape{Between(random, 1, 5), Between(random, 1, 9),
                         Between(random, 1, 9)};
    const ConvP layer =
        RandomConvP(random, shape.channels, 2, Between(random, 1, 2));
    const FeatureMap map = RandomMap(random, shape);
    ASSERT_EQ(Convolve(layer, map), OracleConvP(layer, 0, {{&map, 0}}))
        << "case " << i;
  }
}

TEST(FastKernelTest, EqualsReferenceOnRandomPlanes) {
  Random random(1);
  for (int i = 0; i < 150; ++i) {
    const int filters = i % 3 == 0 ? 1 : Between(random, 1, 20);
    const int channels = Between(random, 1, i % 10 == 0 ? 70 : 20);
    const MapShape shape{channels, Between(random, 1, kViewSide),
                         Between(random, 1, kViewSide)};
    const ConvP layer =
        RandomConvP(random, channels, filters, Between(random, 1, 2), 3);
    const FeatureMap once = RandomMap(random, shape);
    const FeatureMap again = RandomMap(random, shape);
    // A channel may be there once, twice or not at all.
    std::vector<InputPlane> all;
    AppendPlanes(once, 0, all);
    AppendPlanes(again, 0, all);
    std::vector<InputPlane> planes{all[0]};
    for (const InputPlane& plane : all) {
      if (Between(random, 0, 3) != 0) planes.push_back(plane);
    }
    const PreparedConvP conv(layer, shape);
    const int table = Between(random, 0, 2);
    const FeatureMap expected =
        ReferenceKernel().convolve_planes(conv, planes, table);
    OnEachTarget([&](const std::string& target) {
      ASSERT_EQ(FastKernel().convolve_planes(conv, planes, table), expected)
          << target << ", case " << i << ": " << channels << "x" << shape.height
          << "x" << shape.width << ", " << filters << " filters, stride "
          << layer.pool_stride;
    });
  }
}

TEST(FastKernelTest, EqualsReferenceAtTheLargestSums) {
  // AP of 32 maps of 64 channels, all agreeing: 9 * 2048 in the middle.
  const FeatureMap map = MapOf({std::vector<std::string>(4, "####")});
  const std::vector<InputPlane> planes(2048, {map.bits.data(), 0});
  for (const std::int32_t k : {9 * 2048, 9 * 2048 + 1, -9 * 2048}) {
    for (const bool plus : {true, false}) {
      const ConvP layer = UniformConvP(1, plus, true, k);
      const PreparedConvP conv(layer, map.shape);
      OnEachTarget([&](const std::string& target) {
        ASSERT_EQ(FastKernel().convolve_planes(conv, planes, 0),
                  ReferenceKernel().convolve_planes(conv, planes, 0))
            << target << ", threshold " << k;
      });
    }
  }
}

View RandomView(Random& random) {
  View view;
  const int brightest = Between(random, 0, 255);
  for (std::uint8_t& pixel : view) {
    pixel = static_cast<std::uint8_t>(Between(random, 0, brightest));
  }
  return view;
}

TEST(FastKernelTest, EqualsReferenceOnRandomViews) {
  Random random(2);
  for (int i = 0; i < 60; ++i) {
    const int filters = i % 3 == 0 ? 1 : Between(random, 2, 17);
    const ConvP layer =
        RandomPixelConvP(random, filters, Between(random, 1, 2));
    const View view = i == 0 ? View{} : RandomView(random);
    const PreparedConvP conv(layer, kViewShape);
    const FeatureMap expected = ReferenceKernel().convolve_view(conv, view);
    OnEachTarget([&](const std::string& target) {
      ASSERT_EQ(FastKernel().convolve_view(conv, view), expected)
          << target << ", case " << i << ", " << filters << " filters, stride "
          << layer.pool_stride;
    });
  }
}

TEST(FastKernelTest, EqualsReferenceOnRandomHeads) {
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    const MapShape shape{Between(random, 1, 20), Between(random, 1, 12),
                         Between(random, 1, 12)};
    const FeatureMap map = RandomMap(random, shape);
    const BinaryFc fc =
        RandomFc(random, shape.channels * shape.height * shape.width,
                 Between(random, 2, 5));
    const std::vector<std::int32_t> expected =
        ReferenceKernel().connect(fc, map);
    OnEachTarget([&](const std::string& target) {
      ASSERT_EQ(FastKernel().connect(fc, map), expected)
          << target << ", case " << i << ": " << shape.channels << "x"
          << shape.height << "x" << shape.width;
    });
  }
}

TEST(FastScratchBytesTest, OfAViewHoldsItsPatternsAndSums) {
  ConvP layer;
  layer.in_channels = kViewChannels;
  layer.filters = 4;
  layer.reads_pixels = true;
  const MapShape view{kViewChannels, kViewSide, kViewSide};
  // Eight patterns of three padded planes and one filter's sums, int16.
  const std::size_t least = 2 * (8 * 3 * 34 * 32 + 1024);
  EXPECT_GE(FastScratchBytes(layer, view), least);
  EXPECT_LT(FastScratchBytes(layer, view), std::size_t{64} << 10);
}

TEST(FastScratchBytesTest, OfBitsGrowsWithTheFiltersSums) {
  ConvP layer;
  layer.in_channels = 24;
  layer.filters = 4;
  const std::size_t four = FastScratchBytes(layer, {24, 16, 16});
  layer.filters = 5;
  EXPECT_EQ(FastScratchBytes(layer, {24, 16, 16}), four + 2 * 256);
}

}  // namespace
}  // namespace ddnn

#include "trainer/fold.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace ddnn {
namespace {

TrainedConv RandomConv(int in_channels, int filters, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  TrainedConv conv;
  conv.in_channels = in_channels;
  conv.filters = filters;
  conv.pool_stride = 2;
  for (int i = 0; i < filters * in_channels * 9; ++i) {
    conv.weights.push_back(static_cast<float>(uniform(random)));
  }
  for (int f = 0; f < filters; ++f) {
    conv.norm.gamma.push_back(f == 0 ? 0.0 : uniform(random));
    conv.norm.beta.push_back(uniform(random));
    conv.norm.mean.push_back(4 * uniform(random));
    conv.norm.variance.push_back(1 + uniform(random));
  }
  return conv;
}

/// The batch norm and sign of the paper, unfolded.
bool Bit(const TrainedNorm& norm, std::size_t f, double z) {
  const double deviation = std::sqrt(norm.variance[f] + kBatchNormEpsilon);
  return norm.gamma[f] * (z - norm.mean[f]) / deviation + norm.beta[f] >= 0;
}

TEST(FoldConvTest, ThresholdsDecideAsTheBatchNormDoesForEverySum) {
  const TrainedConv conv = RandomConv(2, 24, 1);
  const ConvP folded = FoldConv(conv, false, 1);
  for (int f = 0; f < 24; ++f) {
    const auto at = static_cast<std::size_t>(f);
    for (int z = -18; z <= 18; ++z) {
      const bool bit = folded.AtLeast(f) ? z >= folded.thresholds[at]
                                         : z <= folded.thresholds[at];
      EXPECT_EQ(bit, Bit(conv.norm, at, z)) << "filter " << f << ", sum " << z;
    }
  }
}

TEST(FoldConvTest, TablesServeSumsOfSeveralMaps) {
  const TrainedConv conv = RandomConv(2, 24, 2);
  const ConvP folded = FoldConv(conv, false, 5);
  ASSERT_EQ(folded.thresholds.size(), 5U * 24U);
  for (int m = 1; m <= 5; ++m) {
    for (int f = 0; f < 24; ++f) {
      const auto at = static_cast<std::size_t>(f);
      const int t =
          folded.thresholds[static_cast<std::size_t>(m - 1) * 24 + at];
      for (int z = -18 * m; z <= 18 * m; ++z) {
        const bool bit = folded.AtLeast(f) ? z >= t : z <= t;
        EXPECT_EQ(bit, Bit(conv.norm, at, static_cast<double>(z) / m))
            << "filter " << f << ", sum " << z << " of " << m;
      }
    }
  }
}

TEST(FoldConvTest, PixelThresholdsAreWithinOneStepOfQ16) {
  const TrainedConv conv = RandomConv(3, 16, 3);
  const ConvP folded = FoldConv(conv, true, 1);
  for (std::size_t f = 1; f < 16; ++f) {
    const double t = conv.norm.mean[f] -
                     conv.norm.beta[f] *
                         std::sqrt(conv.norm.variance[f] + kBatchNormEpsilon) /
                         conv.norm.gamma[f];
    if (std::abs(t) > 27) continue;
    EXPECT_LT(std::abs(folded.thresholds[f] / 65536.0 - t), 1.0 / 65536);
  }
}

TEST(FoldConvTest, FilterWithoutGammaIsConstant) {
  for (const double beta : {-0.5, 0.0, 0.5}) {
    TrainedConv conv = RandomConv(3, 1, 4);
    conv.norm.beta[0] = beta;
    for (const bool pixels : {false, true}) {
      const ConvP folded = FoldConv(conv, pixels, 1);
      const int beyond = pixels ? kMaxPixelThreshold : 9 * 3 + 1;
      EXPECT_TRUE(folded.AtLeast(0));
      EXPECT_EQ(folded.thresholds[0], beta >= 0 ? -beyond : beyond);
    }
  }
}

TEST(FoldConvTest, HugeThresholdsAreClampedToNeverMet) {
  TrainedConv conv = RandomConv(3, 1, 5);
  conv.norm.gamma[0] = 1e-12;
  conv.norm.beta[0] = -1;
  EXPECT_EQ(FoldConv(conv, true, 1).thresholds[0], kMaxPixelThreshold);
  EXPECT_EQ(FoldConv(conv, false, 1).thresholds[0], 28);
}

TEST(FoldConvTest, WeightsKeepTheirSigns) {
  const TrainedConv conv = RandomConv(3, 5, 6);
  const ConvP folded = FoldConv(conv, true, 1);
  std::size_t i = 0;
  for (int f = 0; f < 5; ++f) {
    for (int c = 0; c < 3; ++c) {
      for (int tap = 0; tap < 9; ++tap, ++i) {
        EXPECT_EQ(folded.Weight(f, c, tap / 3, tap % 3), conv.weights[i] >= 0);
      }
    }
  }
}

TEST(FoldFcTest, EachClassStartsAtAWholeByte) {
  TrainedFc fc{.inputs = 9, .weights = {}, .norm = {}};
  fc.weights.assign(9, 1.0F);
  fc.weights.insert(fc.weights.end(), 9, -1.0F);
  const BinaryFc folded = FoldFc(fc);
  EXPECT_EQ(folded.classes, 2);
  EXPECT_EQ(folded.weights,
            (std::vector<std::uint8_t>{0xff, 0x01, 0x00, 0x00}));
}

TEST(FoldNormTest, ScaleAndBiasEqualTheBatchNorm) {
  const TrainedNorm norm{{0.5, -1}, {0.25, 0}, {10, -3}, {4, 9}};
  const FoldedNorm folded = FoldNorm(norm);
  EXPECT_NEAR(folded.scale[0] * 14 + folded.bias[0], 0.5 * 4 / 2 + 0.25, 1e-4);
  EXPECT_NEAR(folded.scale[1] * 6 + folded.bias[1], -1 * 9 / 3.0, 1e-4);
}

}  // namespace
}  // namespace ddnn

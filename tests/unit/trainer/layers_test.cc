#include "trainer/layers.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace ddnn {
namespace {

using torch::Tensor;

TEST(SignActivationTest, ZeroIsPlusOne) {
  const Tensor x = torch::tensor({-2.0F, -0.1F, 0.0F, 0.1F, 2.0F});
  EXPECT_TRUE(
      SignActivation(x).equal(torch::tensor({-1.F, -1.F, 1.F, 1.F, 1.F})));
}

TEST(SignActivationTest, GradientPassesWithinOne) {
  const Tensor x =
      torch::tensor({-1.1F, -1.0F, 0.5F, 1.0F, 1.1F}).requires_grad_();
  (SignActivation(x) * 3).sum().backward();
  EXPECT_TRUE(x.grad().equal(torch::tensor({0.F, 3.F, 3.F, 3.F, 0.F})));
}

TEST(SignWeightTest, GradientAlwaysPasses) {
  const Tensor w = torch::tensor({-1.5F, 0.0F, 1.5F}).requires_grad_();
  const Tensor sign = SignWeight(w);
  EXPECT_TRUE(sign.equal(torch::tensor({-1.F, 1.F, 1.F})));
  sign.sum().backward();
  EXPECT_TRUE(w.grad().equal(torch::ones(3)));
}

TEST(ConvPoolTest, PaddingAddsNothingToASum) {
  // All weights -1 over ones: minus the number of taps inside; pooling takes
  // the largest, which is a corner's -4, never the padding's 0.
  const Tensor z =
      ConvPool(torch::ones({1, 1, 4, 4}), -torch::ones({1, 1, 3, 3}), 2);
  EXPECT_TRUE(z.equal(torch::full({1, 1, 2, 2}, -4.0F))) << z;
}

TEST(BatchNormTest, OnlyRowsThatCountMakeTheStatistics) {
  BatchNorm norm(2, 1);
  // Group 0: rows 1 and 3 count; group 1: all.
  const Tensor x =
      torch::tensor({1.F, 10.F, 100.F, 20.F, 3.F, 30.F}).view({3, 2, 1, 1});
  const Tensor mask =
      torch::tensor({1.F, 1.F, 0.F, 1.F, 1.F, 1.F}).view({3, 2});
  norm(x, mask, Statistics::kStore);
  EXPECT_TRUE(norm.mean.allclose(torch::tensor({{2.0F}, {20.0F}})));
  EXPECT_TRUE(norm.variance.allclose(torch::tensor({{1.0F}, {200.F / 3}})));
}

TEST(BatchNormTest, EqualsLibTorchWithoutAMask) {
  torch::manual_seed(1);
  const Tensor x = torch::randn({5, 1, 4, 9});
  BatchNorm norm(1, 4);
  const Tensor expected = torch::batch_norm(
      x.select(1, 0), {}, {}, {}, {}, true, 0.1, kBatchNormEpsilon, false);
  EXPECT_TRUE(norm(x, {}, Statistics::kBatch)
                  .select(1, 0)
                  .allclose(expected, 1e-4, 1e-5));
}

TEST(BatchNormTest, StoredStatisticsGiveTheSameRowsAgain) {
  torch::manual_seed(1);
  const Tensor x = torch::randn({6, 2, 3, 4});
  BatchNorm norm(2, 3);
  const Tensor all = norm(x, {}, Statistics::kStore);
  const Tensor one = norm(x.narrow(0, 2, 1), {}, Statistics::kStored);
  EXPECT_TRUE(one.allclose(all.narrow(0, 2, 1), 1e-5, 1e-6));
}

TEST(BatchNormTest, GroupWithoutARowStaysFinite) {
  BatchNorm norm(1, 1);
  const Tensor y =
      norm(torch::ones({2, 1, 1, 1}), torch::zeros({2, 1}), Statistics::kStore);
  EXPECT_TRUE(y.isfinite().all().item<bool>());
}

}  // namespace
}  // namespace ddnn

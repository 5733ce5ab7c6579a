#include "core/nn/exit_gate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "core/nn/bundle.h"

namespace ddnn {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Decision Decide(float threshold, const std::vector<float>& logits,
                float temperature = 1.0F) {
  return ExitGate(threshold, temperature).Decide(logits).value();
}

TEST(ExitGateTest, UniformOutputHasEntropyOne) {
  for (int classes = 2; classes <= kMaxClasses; ++classes) {
    const std::vector<float> logits(static_cast<std::size_t>(classes), 0.7F);
    EXPECT_EQ(Decide(0.5F, logits).eta, 1.0F) << classes << " classes";
  }
}

TEST(ExitGateTest, ThresholdOneExitsEverySample) {
  for (int classes = 2; classes <= kMaxClasses; ++classes) {
    std::vector<float> logits(static_cast<std::size_t>(classes), -3.3F);
    EXPECT_TRUE(Decide(1.0F, logits).exits) << classes << " classes";
    logits.back() = 1e-7F;
    EXPECT_TRUE(Decide(1.0F, logits).exits) << classes << " classes";
  }
}

TEST(ExitGateTest, CertainOutputHasEntropyZero) {
  const Decision decision = Decide(0.0F, {1000.0F, -1000.0F, 0.0F});
  EXPECT_EQ(decision.eta, 0.0F);
  EXPECT_TRUE(decision.exits);
  EXPECT_EQ(decision.probabilities, (std::vector<double>{1.0, 0.0, 0.0}));
}

TEST(ExitGateTest, EntropyOfThreeQuarters) {
  // Odds 3 : 1, so p = {0.75, 0.25} and eta = 2 - 0.75 log2 3.
  const Decision decision = Decide(0.5F, {std::log(3.0F), 0.0F});
  EXPECT_NEAR(decision.probabilities[0], 0.75, 1e-7);
  EXPECT_NEAR(decision.eta, 0.8112781, 1e-6);
  EXPECT_FALSE(decision.exits);
}

TEST(ExitGateTest, ExitsWhereEtaEqualsThreshold) {
  const std::vector<float> logits{0.3F, 1.1F, -0.4F};
  const float eta = Decide(0.0F, logits).eta;
  EXPECT_TRUE(Decide(eta, logits).exits);
  EXPECT_FALSE(Decide(std::nextafter(eta, 0.0F), logits).exits);
}

TEST(ExitGateTest, LowestIndexWinsTies) {
  EXPECT_EQ(Decide(1.0F, {0.0F, 2.0F, 2.0F}).label, 1);
  EXPECT_EQ(Decide(1.0F, {0.0F, 0.0F}).label, 0);
}

TEST(ExitGateTest, TemperatureDividesLogits) {
  const Decision warm = Decide(1.0F, {2.0F, 4.0F, -6.0F}, 2.0F);
  const Decision plain = Decide(1.0F, {1.0F, 2.0F, -3.0F});
  EXPECT_EQ(warm.probabilities, plain.probabilities);
  EXPECT_EQ(warm.eta, plain.eta);
}

TEST(ExitGateTest, LargestFiniteLogitsStayFinite) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const Decision decision = Decide(0.5F, {-kMost, kMost, kMost}, 1e-30F);
  EXPECT_EQ(decision.label, 1);
  EXPECT_EQ(decision.probabilities, (std::vector<double>{0.0, 0.5, 0.5}));
}

TEST(ExitGateTest, LogitThatIsNotFiniteIsRefused) {
  const ExitGate gate(1.0F);
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    EXPECT_EQ(gate.Decide(std::vector<float>{0.0F, bad}).error(),
              Error::kNotADistribution);
  }
}

TEST(ExitGateTest, ClassCountOutOfRangeIsRefused) {
  const ExitGate gate(1.0F);
  for (const std::size_t count : {0, 1, kMaxClasses + 1}) {
    EXPECT_EQ(gate.Decide(std::vector<float>(count, 0.0F)).error(),
              Error::kBadShape);
  }
}

TEST(ExitGateTest, BadThresholdOrTemperatureThrows) {
  for (const float bad : {kNan, -0.1F, 1.1F}) {
    EXPECT_THROW(ExitGate{bad}, std::invalid_argument) << bad;
  }
  for (const float bad : {kNan, 0.0F, -1.0F, kInfinity}) {
    EXPECT_THROW((ExitGate{0.5F, bad}), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace ddnn

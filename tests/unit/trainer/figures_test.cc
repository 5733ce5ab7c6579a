#include "trainer/figures.h"

#include <gtest/gtest.h>

#include "tests/support/test_bundle.h"
#include "tests/unit/trainer/synthetic.h"

namespace ddnn {
namespace {

/// Logits that are sure of a class; `margin` 0 says nothing.
std::vector<float> Sure(int label, float margin) {
  std::vector<float> logits(3, 0.0F);
  logits[static_cast<std::size_t>(label)] = margin;
  return logits;
}

/// Rows 0, 1, 2 are of class 0, 1, 2. The local exit is sure and right, sure
/// and wrong, unsure; the cloud is right.
ExitLogits ThreeRows() {
  return {{Tier::kDevice, Tier::kCloud},
          {{Sure(0, 9), Sure(0, 8), Sure(1, 0.1F)},
           {Sure(0, 9), Sure(1, 9), Sure(2, 9)}}};
}

TEST(DecideTest, LossIsTheCrossEntropy) {
  const Decisions decisions = Decide(ThreeRows(), {0, 1, 2});
  EXPECT_NEAR(decisions.of_exit[0][0].loss, 0, 1e-3);
  EXPECT_NEAR(decisions.of_exit[0][1].loss, 8, 1e-3);
}

TEST(MeasureTest, CountsByExitClassAndSource) {
  const Examples examples = MakeSynthetic(3, 2, 1);
  const Decisions decisions = Decide(ThreeRows(), {0, 1, 2});
  const Figures figures = Measure(decisions, {0.5F}, examples, {0, 1, 2});
  EXPECT_EQ(figures.if_all_exited.at(Tier::kDevice).correct, 1);
  EXPECT_EQ(figures.if_all_exited.at(Tier::kCloud).correct, 3);
  EXPECT_EQ(figures.left_at.at(Tier::kDevice).correct, 2);
  EXPECT_EQ(figures.left_at.at(Tier::kCloud).correct, 1);
  EXPECT_EQ(figures.overall.correct, 2);
  EXPECT_EQ(figures.by_class.at("stands").correct, 0);
  EXPECT_EQ(figures.by_source.at("bar2").correct, 1);
  EXPECT_NEAR(figures.balanced, 2.0 / 3, 1e-9);
}

TEST(MeasureTest, RareClassesAreNotBalancedOver) {
  const Examples examples = MakeSynthetic(60, 2, 1);
  ExitLogits logits{{Tier::kDevice, Tier::kCloud}, {{}, {}}};
  std::vector<int> rows;
  // Row 2 is the only one of its class.
  for (int row = 0; row < 60; ++row) {
    if (row % 3 != 2 || row == 2) rows.push_back(row);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    logits.logits[0].push_back(Sure(0, 9));
    logits.logits[1].push_back(Sure(0, 9));
  }
  const Decisions decisions = Decide(logits, LabelsOf(examples, rows));
  const Figures figures = Measure(decisions, {1.0F}, examples, rows);
  EXPECT_EQ(figures.balanced_over,
            (std::vector<std::string>{"lies", "stands"}));
  EXPECT_NEAR(figures.balanced, 0.5, 1e-9);
}

TEST(ChooseThresholdsTest, EarlierExitsSeeWhatTheDeeperOnesAnswer) {
  // The edge is right where it is sure, so the local exit may count on it.
  ExitLogits logits{{Tier::kDevice, Tier::kEdge, Tier::kCloud}, {{}, {}, {}}};
  std::vector<int> labels;
  for (int i = 0; i < 12; ++i) {
    const int label = i % 3;
    labels.push_back(label);
    const float step = 0.1F * static_cast<float>(i);
    logits.logits[0].push_back(Sure(i < 6 ? label : (label + 1) % 3, 5 - step));
    logits.logits[1].push_back(Sure(label, 6 - step));
    logits.logits[2].push_back(Sure((label + 1) % 3, 9));
  }
  const Decisions decisions = Decide(logits, labels);
  const auto choices = ChooseThresholds(decisions, labels, 0.97);
  ASSERT_EQ(choices.size(), 2U);
  EXPECT_EQ(choices[1].exits, 11);
  EXPECT_EQ(choices[0].exits, 7);
  EXPECT_EQ(choices[0].best, 11);
}

TEST(FormulaBytesTest, FollowsThePaper) {
  const Bundle bundle = MakeTestBundle();  // 3 classes, 4 filters of 16 x 16
  EXPECT_DOUBLE_EQ(FormulaBytes(bundle, 1.0), 12.0);
  EXPECT_DOUBLE_EQ(FormulaBytes(bundle, 0.0), 140.0);
  EXPECT_NEAR(FormulaBytes(bundle, 104.0 / 171), 62.15, 0.01);
}

}  // namespace
}  // namespace ddnn

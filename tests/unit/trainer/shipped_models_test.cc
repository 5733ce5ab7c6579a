#include <gtest/gtest.h>

#include <filesystem>

#include "core/nn/bundle.h"
#include "tests/support/real_data.h"
#include "trainer/exact.h"
#include "trainer/examples.h"
#include "trainer/figures.h"
#include "trainer/verify.h"

namespace ddnn {
namespace {

class ShippedModelTest : public testing::TestWithParam<const char*> {
 protected:
  Result<Bundle> Shipped() const {
    return ReadBundle(std::filesystem::path(DDNN_SOURCE_DIR) / "models" /
                      (std::string("epfl-mvmc-") + GetParam() + ".ddnn"));
  }
};

TEST_P(ShippedModelTest, IsTheTreeOfItsName) {
  const auto bundle = Shipped();
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  EXPECT_EQ(bundle->name, std::string("epfl-mvmc-") + GetParam());
  EXPECT_EQ(bundle->Hierarchy(), *GetParam());
  EXPECT_EQ(bundle->device_count(), 6);
  EXPECT_LE(bundle->nodes.front().section.parameter_bytes(), 600U);
}

TEST_P(ShippedModelTest, AnswersTheTestRowsAsItsCardSays) {
  const auto root = RealData();
  if (!root) GTEST_SKIP() << kNoRealData;
  const auto bundle = Shipped();
  ASSERT_TRUE(bundle.ok()) << bundle.message();
  const auto test = LoadExamples(*root, "time:test");
  ASSERT_TRUE(test.ok()) << test.message();
  const auto logits = EvaluateBundle(*bundle, *test);
  ASSERT_TRUE(logits.ok()) << logits.message();
  const auto equal =
      CheckEqual(EvaluateExactly(*bundle, *test), *logits, *test);
  EXPECT_TRUE(equal.ok()) << equal.message();

  const std::vector<int> rows = AllRows(*test);
  const Figures figures = Measure(Decide(*logits, LabelsOf(*test, rows)),
                                  ThresholdsOf(*bundle), *test, rows);
  const double local = figures.left_at.at(Tier::kDevice).share();
  EXPECT_GE(figures.overall.share(), 0.97);
  EXPECT_GE(local, 0.61);
  EXPECT_LE(FormulaBytes(*bundle, local), 62);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedModelTest, testing::Values("c", "e"));

}  // namespace
}  // namespace ddnn

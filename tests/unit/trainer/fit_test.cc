#include "trainer/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/trainer/synthetic.h"
#include "trainer/verify.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

bool Never() { return false; }

Result<FitResult> FitQuietly(const Recipe& recipe, const Examples& train,
                             const std::function<bool()>& stop = Never) {
  Progress progress(false, [](const std::string&) {});
  return Fit(recipe, train, &progress, stop);
}

TEST(FitTest, LearnsAnEasyDataSet) {
  const Examples train = MakeSynthetic(120, 3, 1);
  const auto fit = FitQuietly(QuickRecipe(), train);
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_TRUE(fit->report.complete);
  EXPECT_EQ(fit->report.fit_rows, 96);
  EXPECT_EQ(fit->report.held_out_rows, 24);

  const Examples test = MakeSynthetic(60, 3, 99);
  const auto logits = EvaluateBundle(fit->bundle, test);
  ASSERT_TRUE(logits.ok());
  const std::vector<int> rows = AllRows(test);
  const Figures figures = Measure(Decide(*logits, LabelsOf(test, rows)),
                                  ThresholdsOf(fit->bundle), test, rows);
  EXPECT_GT(figures.overall.share(), 0.8);  // chance is 0.33
}

TEST(FitTest, EqualSeedsMakeEqualBytes) {
  const Examples train = MakeSynthetic(48, 3, 1);
  Recipe recipe = QuickRecipe();
  recipe.epochs = 2;
  const auto a = FitQuietly(recipe, train);
  const auto b = FitQuietly(recipe, train);
  recipe.seed = 2;
  const auto c = FitQuietly(recipe, train);
  ASSERT_TRUE(a.ok() && b.ok() && c.ok());
  EXPECT_EQ(EncodeBundle(a->bundle), EncodeBundle(b->bundle));
  EXPECT_NE(EncodeBundle(a->bundle), EncodeBundle(c->bundle));
}

TEST(FitTest, ThresholdOfTheRecipeIsKeptWhereItIsFixed) {
  Recipe recipe = QuickRecipe();
  recipe.epochs = 1;
  recipe.validation_last_frames = 0;
  recipe.choose_threshold = false;
  recipe.threshold = 0.25;
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, 2, 1));
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_EQ(fit->bundle.ExitOf(Tier::kDevice)->threshold, 0.25F);
  EXPECT_EQ(fit->report.fit_rows, 0);
  EXPECT_EQ(fit->report.epochs, 1);
}

TEST(FitTest, StoppedAtOnceStillGivesAValidBundle) {
  const auto fit =
      FitQuietly(QuickRecipe(), MakeSynthetic(24, 2, 1), [] { return true; });
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_FALSE(fit->report.complete);
  EXPECT_TRUE(CheckBundle(fit->bundle).ok());
}

TEST(FitTest, StoppedWhileRefittingKeepsTheValidatedNetwork) {
  const Examples train = MakeSynthetic(24, 2, 1);
  Recipe recipe = QuickRecipe();
  recipe.epochs = 2;
  // Two epochs of two updates choose; the third epoch is the refit's.
  int updates = 0;
  const auto fit = FitQuietly(recipe, train, [&] { return ++updates > 7; });
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_FALSE(fit->report.complete);
  EXPECT_EQ(fit->report.epochs, 2);
  EXPECT_EQ(fit->report.held_out_rows, 4);
}

TEST(FitTest, UntrainableDataIsNamed) {
  const auto fit = FitQuietly(QuickRecipe(), MakeSynthetic(24, 1, 1));
  ASSERT_FALSE(fit.ok());
  EXPECT_THAT(fit.message(), HasSubstr("one camera"));
}

TEST(FitTest, EmptyInnerSplitIsNamed) {
  Recipe recipe = QuickRecipe();
  recipe.validation_source = "nothing-of-the-kind";
  recipe.validation_last_frames = 0;
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, 2, 1));
  ASSERT_FALSE(fit.ok());
  EXPECT_THAT(fit.message(), HasSubstr("validation.source"));
}

TEST(FitTest, HierarchyOfOneDeviceRefusesMoreCameras) {
  Recipe recipe = QuickRecipe();
  recipe.hierarchy = "d";
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, 2, 1));
  ASSERT_FALSE(fit.ok());
  EXPECT_THAT(fit.message(), HasSubstr("hierarchy d has one device"));
  EXPECT_THAT(fit.message(), HasSubstr("cameras"));
}

TEST(FitTest, DevicesThatEdgesCannotShareAreRefused) {
  Recipe recipe = QuickRecipe();
  recipe.hierarchy = "f";
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, 3, 1));
  ASSERT_FALSE(fit.ok());
  EXPECT_THAT(fit.message(), HasSubstr("edge.count is 2, but 3 cameras"));
}

TEST(FitTest, EdgesHaveTheDevicesInEvenShares) {
  Recipe recipe = QuickRecipe();
  recipe.hierarchy = "f";
  recipe.epochs = 1;
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, 4, 1));
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_EQ(fit->bundle.ChildrenOf(4), (std::vector{0, 1}));
  EXPECT_EQ(fit->bundle.ChildrenOf(5), (std::vector{2, 3}));
  EXPECT_EQ(fit->bundle.ChildrenOf(6), (std::vector{4, 5}));
}

TEST(FitTest, SecondLayerOfADeviceHalvesItsMap) {
  Recipe recipe = QuickRecipe();
  recipe.device_layers = 2;
  recipe.device_first_filters = 3;
  recipe.epochs = 1;
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, 2, 1));
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_EQ(fit->bundle.nodes.front().section.layers.front().filters, 3);
  EXPECT_EQ(fit->bundle.OutputShape(0), (MapShape{2, 8, 8}));
}

TEST(DeviceSectionTest, FitsIntoThePapersMemory) {
  Recipe recipe = QuickRecipe();
  recipe.epochs = 1;
  for (const auto& [filters, limit] : {std::pair{4, 600}, {16, 2048}}) {
    recipe.device_filters = filters;
    const auto fit = FitQuietly(recipe, MakeSynthetic(24, 2, 1));
    ASSERT_TRUE(fit.ok());
    const std::size_t bytes =
        fit->bundle.nodes.front().section.parameter_bytes();
    RecordProperty("bytes", static_cast<int>(bytes));
    EXPECT_LE(bytes, static_cast<std::size_t>(limit));
  }
}

/// Fit() fails unless LibTorch's exact evaluation and both kernels of core/nn
/// agree on every logit.
struct Variant {
  const char* hierarchy;
  const char* local;
  const char* map;
  const char* absent;
};

class FitVariantTest : public testing::TestWithParam<Variant> {};

TEST_P(FitVariantTest, ExportAgreesWithCoreNn) {
  Recipe recipe = QuickRecipe();
  recipe.epochs = 2;
  recipe.hierarchy = GetParam().hierarchy;
  recipe.local_aggregation = GetParam().local;
  recipe.map_aggregation = GetParam().map;
  recipe.absent = GetParam().absent;
  recipe.edge_pool_stride = 2;
  // With four devices under two edges, some samples leave an edge unseen.
  const int devices = recipe.HasOneDevice() ? 1 : recipe.Edges() > 1 ? 4 : 3;
  const auto fit = FitQuietly(recipe, MakeSynthetic(24, devices, 1));
  ASSERT_TRUE(fit.ok()) << fit.message();
  EXPECT_EQ(fit->bundle.Hierarchy(), *GetParam().hierarchy);
  EXPECT_LE(fit->report.float_differences, 1);
}

std::vector<Variant> AllVariants() {
  std::vector<Variant> variants;
  for (const char* hierarchy : {"c", "e", "f"}) {
    for (const char* local : {"MP", "AP", "CC"}) {
      for (const char* map : {"MP", "AP", "CC"}) {
        for (const char* absent : {"masked", "blank"}) {
          variants.push_back({hierarchy, local, map, absent});
        }
      }
    }
  }
  for (const char* hierarchy : {"b", "d"}) {
    for (const char* absent : {"masked", "blank"}) {
      variants.push_back({hierarchy, "MP", "CC", absent});
    }
  }
  return variants;
}

std::string NameOf(const testing::TestParamInfo<Variant>& variant) {
  const Variant& v = variant.param;
  return std::string(v.hierarchy) + v.local + v.map + v.absent;
}

INSTANTIATE_TEST_SUITE_P(All, FitVariantTest, testing::ValuesIn(AllVariants()),
                         NameOf);

}  // namespace
}  // namespace ddnn

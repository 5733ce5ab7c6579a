#include "trainer/experiment/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/base/config.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

TEST(RunSpecTest, KeyIsReadableAndAFileName) {
  const RunSpec run{
      "paper", "time", 3, {"cameras=cam0,cam1", "aggregation.map=AP"}};
  EXPECT_EQ(run.Key(), "paper-time-cameras_cam0+cam1-aggregation.map_AP-s3");
}

TEST(RunSpecTest, RecipeHoldsOverridesAndSeed) {
  TempFolder folder;
  std::ofstream(folder / "paper.yaml") << "train: {epochs: 9}\n";
  const Recipe recipe =
      RecipeOf({"paper", "time", 4, {"device.filters=7"}}, folder.path());
  EXPECT_EQ(recipe.epochs, 9);
  EXPECT_EQ(recipe.device_filters, 7);
  EXPECT_EQ(recipe.seed, 4);
}

TEST(RunSpecTest, MissingRecipeIsAConfigurationError) {
  TempFolder folder;
  EXPECT_THROW(RecipeOf({"paper", "time", 1, {}}, folder.path()), ConfigError);
}

TEST(WithSeedsTest, CountsFromOne) {
  const auto runs = WithSeeds({"paper", "time", 9, {}}, 3);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs.front().seed, 1);
  EXPECT_EQ(runs.back().seed, 3);
}

TEST(DistinctTest, KeepsTheFirstOfEqualRuns) {
  const RunSpec a{"paper", "time", 1, {}};
  const RunSpec b{"paper", "random", 1, {}};
  const auto runs = Distinct({a, b, a});
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[1].split, "random");
}

TEST(EstimateSecondsTest, GrowsWithRowsDevicesAndChoosing) {
  Recipe fixed;
  fixed.validation_last_frames = 0;
  Recipe choosing = fixed;
  choosing.validation_last_frames = 0.1;
  const double one = EstimateSeconds(fixed, 100, 6);
  EXPECT_GT(one, 0);
  EXPECT_DOUBLE_EQ(EstimateSeconds(fixed, 200, 6), 2 * one);
  EXPECT_LT(EstimateSeconds(fixed, 100, 1), one);
  EXPECT_GT(EstimateSeconds(choosing, 100, 6), one);
}

}  // namespace
}  // namespace ddnn

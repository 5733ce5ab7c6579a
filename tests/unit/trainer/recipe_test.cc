#include "trainer/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/base/config.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

class RecipeTest : public testing::Test {
 protected:
  Recipe Read(const std::string& yaml,
              const std::vector<std::string>& overrides = {}) {
    std::ofstream(folder_ / "r.yaml") << yaml;
    return ReadRecipe(folder_ / "r.yaml", overrides);
  }
  std::string FaultOf(const std::string& yaml,
                      const std::vector<std::string>& overrides = {}) {
    try {
      Read(yaml, overrides);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "none";
  }

  TempFolder folder_;
};

TEST_F(RecipeTest, UnknownKeyIsNamedWithItsLine) {
  EXPECT_THAT(FaultOf("seed: 2\ntrain:\n  epoch: 3\n"),
              HasSubstr("r.yaml:3: train.epoch: unknown key"));
}

TEST_F(RecipeTest, OverridesBeatTheFile) {
  const Recipe recipe = Read("seed: 2\n", {"seed=7", "train.epochs=3"});
  EXPECT_EQ(recipe.seed, 7);
  EXPECT_EQ(recipe.epochs, 3);
  EXPECT_THAT(FaultOf("", {"train.epochs=0"}), HasSubstr("whole number"));
}

TEST_F(RecipeTest, ChoosingTNeedsRowsHeldOut) {
  EXPECT_THAT(FaultOf("validation:\n  last_frames: 0\n"),
              HasSubstr("exit.choose needs rows held out"));
}

TEST_F(RecipeTest, WordsBecomeTheirMeaning) {
  const Recipe recipe =
      Read("absent: blank\naggregation: {local: AP, map: MP}\nhierarchy: e\n");
  EXPECT_EQ(recipe.AbsentViews(), Absent::kBlank);
  EXPECT_EQ(recipe.LocalAggregation(), Aggregation::kAveragePool);
  EXPECT_EQ(recipe.MapAggregation(), Aggregation::kMaxPool);
  EXPECT_TRUE(recipe.HasEdge());
}

TEST_F(RecipeTest, JsonHoldsTheKeysOfTheFile) {
  const std::string json = RecipeJson(Read("", {"train.lr=0.003"}));
  EXPECT_THAT(json, HasSubstr("\"train.lr\":0.003"));
  EXPECT_THAT(json, HasSubstr("\"device.filters\":4"));
}

TEST_F(RecipeTest, ShippedRecipesAreRead) {
  for (const char* name : {"epfl-mvmc-c", "epfl-mvmc-e", "paper"}) {
    const Recipe recipe = ReadRecipe(
        std::string(DDNN_SOURCE_DIR "/trainer/recipes/") + name + ".yaml", {});
    EXPECT_EQ(recipe.name, name);
  }
}

}  // namespace
}  // namespace ddnn

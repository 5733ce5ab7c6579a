#include "trainer/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using testing::HasSubstr;
using testing::Not;

Figures SomeFigures() {
  Figures figures;
  figures.samples = 10;
  figures.if_all_exited = {{Tier::kDevice, {8, 10}}, {Tier::kCloud, {9, 10}}};
  figures.left_at = {{Tier::kDevice, {5, 10}}, {Tier::kCloud, {5, 10}}};
  figures.overall = {9, 10};
  figures.by_class = {{"car", {6, 6}}, {"person", {3, 4}}};
  figures.by_source = {{"moving", {1, 2}}};
  figures.balanced = 0.875;
  figures.balanced_over = {"car", "person"};
  return figures;
}

FitStory SomeStory() {
  FitStory story;
  story.data = "epfl-mvmc";
  story.split = "time:train";
  story.date = "2030-01-02";
  story.command = "ddnn-train fit";
  story.fit.epochs = 7;
  story.fit.complete = true;
  story.fit.train = SomeFigures();
  story.test = TestReport{
      "street", "time:test", SomeFigures(), 0.788, {{3, 10}, {6, 10}}};
  return story;
}

TEST(TrainingRecordTest, IsJsonWithDataRecipeAndAccuracies) {
  const auto json =
      nlohmann::json::parse(TrainingRecord(SomeStory(), MakeTestBundle()));
  EXPECT_EQ(json["data"], "epfl-mvmc");
  EXPECT_EQ(json["split"], "time:train");
  EXPECT_EQ(json["seed"], 1);
  EXPECT_EQ(json["recipe"]["train.epochs"], 150);
  EXPECT_EQ(json["test"]["accuracy"]["overall"], 0.9);
  EXPECT_EQ(json["test"]["by_class"]["person"]["correct"], 3);
  EXPECT_EQ(json["test"]["formula_bytes"], 76.0);
  EXPECT_FALSE(json.contains("validation"));
}

TEST(CardTest, HoldsFiguresBaselineAndCommand) {
  const std::string card = Card(SomeStory(), MakeTestBundle());
  EXPECT_THAT(card, HasSubstr("| **overall** | **90.0 %** (9 of 10)"));
  EXPECT_THAT(card, HasSubstr("car 6 of 6, person 3 of 4"));
  EXPECT_THAT(card, HasSubstr("without pixels: 78.8 %"));
  EXPECT_THAT(card, HasSubstr("ddnn-train fit"));
  EXPECT_THAT(card, Not(HasSubstr("stopped early")));
}

TEST(CardTest, SaysThatTrainingWasStopped) {
  FitStory story = SomeStory();
  story.fit.complete = false;
  story.test.reset();
  const std::string card = Card(story, MakeTestBundle());
  EXPECT_THAT(card, HasSubstr("stopped early"));
  EXPECT_THAT(card, Not(HasSubstr("## Test")));
}

TEST(TodayTest, FollowsTheSourceDate) {
  ::setenv("SOURCE_DATE_EPOCH", "86400", 1);
  EXPECT_EQ(Today(), "1970-01-02");
  ::unsetenv("SOURCE_DATE_EPOCH");
}

}  // namespace
}  // namespace ddnn

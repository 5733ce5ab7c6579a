#include "trainer/experiment/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "tests/unit/trainer/experiment/fake_evidence.h"

namespace ddnn {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

std::vector<std::string> Keys(const std::vector<RunSpec>& runs) {
  std::vector<std::string> keys;
  for (const RunSpec& run : runs) keys.push_back(run.Key());
  return keys;
}

Setting FullSetting() {
  Setting setting = SixCameras();
  setting.quick = false;
  return setting;
}

std::vector<Experiment>::const_iterator Named(
    const std::vector<Experiment>& all, const std::string& name) {
  return std::ranges::find(all, name, &Experiment::name);
}

class EveryExperimentTest : public testing::TestWithParam<std::size_t> {
 protected:
  Experiment experiment_ = AllExperiments()[GetParam()];
};

TEST_P(EveryExperimentTest, RunsHaveLegalRecipes) {
  for (const RunSpec& run : experiment_.runs(FullSetting())) {
    EXPECT_NO_THROW(RecipeOf(run, RecipeFolder())) << run.Key();
  }
}

TEST_P(EveryExperimentTest, QuickMeansTheFirstSeedAlone) {
  for (const RunSpec& run : experiment_.runs(SixCameras())) {
    EXPECT_EQ(run.seed, 1) << run.Key();
  }
}

TEST_P(EveryExperimentTest, TablesAreRectangularAndHaveDistinctNames) {
  const Setting setting = SixCameras();
  const Outcome outcome =
      experiment_.analyse(setting, FakeEvidence(experiment_, setting));
  ASSERT_FALSE(outcome.tables.empty());
  std::vector<std::string> names;
  for (const Table& table : outcome.tables) {
    EXPECT_FALSE(table.rows.empty()) << table.name;
    for (const auto& row : table.rows) {
      EXPECT_EQ(row.size(), table.columns.size()) << table.name;
    }
    EXPECT_THAT(names, Not(Contains(table.name)));
    names.push_back(table.name);
  }
}

TEST_P(EveryExperimentTest, PlotReadsOnlyTablesThatAreWritten) {
  const Setting setting = SixCameras();
  std::vector<std::string> files;
  const Outcome outcome =
      experiment_.analyse(setting, FakeEvidence(experiment_, setting));
  for (const Table& table : outcome.tables) {
    files.push_back(experiment_.name + "-" + table.name + ".csv");
  }
  const std::regex name("\"([^\"]*[.]csv)\"");
  int read = 0;
  for (std::sregex_iterator it(outcome.plot.begin(), outcome.plot.end(), name),
       end;
       it != end; ++it, ++read) {
    EXPECT_THAT(files, Contains((*it)[1].str()));
  }
  EXPECT_GT(read, 0);
}

INSTANTIATE_TEST_SUITE_P(All, EveryExperimentTest,
                         testing::Range(std::size_t{0}, std::size_t{7}),
                         [](const auto& index) {
                           return AllExperiments()[index.param].name;
                         });

TEST(PlanTest, ExperimentsShareTheirRuns) {
  const auto all = AllExperiments();
  const Setting setting = FullSetting();
  const auto of = [&](const char* name) {
    return Keys(Distinct(Named(all, name)->runs(setting)));
  };
  // Five seeds of the main row serve five experiments.
  for (const char* name :
       {"aggregation", "threshold", "devices", "filters", "failure", "edge"}) {
    EXPECT_THAT(of(name), Contains("paper-time-s5")) << name;
  }
  // Five devices are six without the best one.
  const std::string five = "paper-time-cameras_cam0+cam1+cam2+cam3+cam4-s3";
  EXPECT_THAT(of("devices"), Contains(five));
  EXPECT_THAT(of("failure"), Contains(five));
}

TEST(PlanTest, MainRowAndShippedRecipeHaveFiveSeedsTheRestThree) {
  const auto all = AllExperiments();
  std::vector<RunSpec> runs;
  for (const Experiment& e : all) Append(&runs, e.runs(FullSetting()));
  const auto keys = Keys(Distinct(runs));
  EXPECT_THAT(keys,
              IsSupersetOf({"paper-time-s5", "paper-random-s5",
                            "epfl-mvmc-c-time-s5", "epfl-mvmc-c-track_a-s5",
                            "epfl-mvmc-c-track_b-s5", "paper-track_a-s3"}));
  EXPECT_THAT(keys, Not(Contains("paper-track_a-s4")));
  EXPECT_THAT(keys, Not(Contains("paper-time-device.filters_8-s4")));
}

TEST(FailureExperimentTest, CoversAllSubsetsButThatOfAll) {
  const Experiment failure = FailureExperiment();
  const Setting setting = SixCameras();
  const Outcome outcome =
      failure.analyse(setting, FakeEvidence(failure, setting));
  const auto rows = [&](const std::string& name) {
    return std::ranges::find(outcome.tables, name, &Table::name)->rows.size();
  };
  EXPECT_EQ(rows("single"), 7U);
  EXPECT_EQ(rows("pairs"), 15U);
  EXPECT_EQ(rows("curve"), 6U);
  EXPECT_EQ(rows("all"), 63U);
}

TEST(EdgeExperimentTest, AnOddNumberOfDevicesHasNoHierarchyF) {
  Setting setting = SixCameras();
  setting.cameras.pop_back();
  setting.worst_to_best.pop_back();
  for (const RunSpec& run : EdgeExperiment().runs(setting)) {
    EXPECT_THAT(run.overrides, Not(Contains("hierarchy=f")));
  }
}

TEST(SettingTest, CamerasAreNamedInTheDatasOrder) {
  EXPECT_EQ(SixCameras().Only({4, 1}), "cam1,cam4");
  EXPECT_EQ(SixCameras().Without(2), "cam0,cam1,cam3,cam4,cam5");
}

}  // namespace
}  // namespace ddnn

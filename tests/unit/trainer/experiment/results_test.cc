#include "trainer/experiment/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Section(const std::string& figures) {
  Experiment experiment;
  experiment.name = "tracks";
  experiment.title = "Unseen";
  experiment.question = "What was learnt?";
  const Outcome outcome{{{"a", "Shown", {{"x", "x"}}, {{Text("1")}}},
                         {"b", "", {{"hidden", "hidden"}}, {{Text("2")}}}},
                        {"A remark."},
                        ""};
  return ResultsSection(
      experiment, outcome, {{"paper", "time", 1, {}}, {"paper", "time", 2, {}}},
      {"epfl", "2030-01-02", "ddnn-train experiment tracks"}, figures);
}

TEST(ResultsSectionTest, HoldsFigureTableRemarkAndProtocol) {
  EXPECT_EQ(Section("results"),
            "## Unseen\n\nWhat was learnt?\n\n"
            "![Unseen](results/tracks.svg)\n\n"
            "**Shown.**\n\n| x |\n|---|\n| 1 |\n\n"
            "- A remark.\n"
            "- Data epfl, runs: 2 x paper on time; seeds 1 to 2; 2030-01-02.\n"
            "- `ddnn-train experiment tracks`\n\n");
}

TEST(ResultsSectionTest, WithoutAFigureThereIsNoLink) {
  EXPECT_THAT(Section(""), Not(HasSubstr("![")));
}

TEST(ResultsPageTest, HoldsTheSectionsInOrder) {
  const std::string page = ResultsPage({"## A\n", "## B\n"});
  EXPECT_THAT(page, AllOf(HasSubstr("# Results"), HasSubstr("## A\n## B\n")));
}

}  // namespace
}  // namespace ddnn

#include "cli/labelled_metrics.h"

#include <gtest/gtest.h>

#include "tests/support/metrics_page.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

double Labelled(const LabelledMetrics& metrics, const std::string& labels) {
  return MetricsPage(metrics.Render())
      .Value("ddnn_labelled_samples_total{" + labels + "}");
}

TEST(LabelledMetricsTest, EverySeriesIsThereFromTheStart) {
  const LabelledMetrics metrics({"car", "person"});
  const MetricsPage page(metrics.Render());
  page.ExpectGoodNames();
  EXPECT_EQ(Labelled(metrics, R"(class="car",correct="yes")"), 0);
  EXPECT_EQ(Labelled(metrics, R"(class="person",correct="no")"), 0);
}

TEST(LabelledMetricsTest, AnswersCountByTheirTrueClass) {
  TinyReplay tiny;
  Scoreboard scoreboard(tiny.replay, tiny.bundle);
  scoreboard.AddResult(0, ResultOf(0, 0, 1));  // a person, rightly
  scoreboard.AddResult(1, ResultOf(0, 1, 1));  // a car, wrongly
  scoreboard.AddResult(2, ResultOf(1, 0, 0));  // a car, rightly
  scoreboard.AddResult(2, ResultOf(1, 0, 0));  // again: does not count
  LabelledMetrics metrics(tiny.bundle.classes);
  metrics.Update(scoreboard.running());
  EXPECT_EQ(Labelled(metrics, R"(class="car",correct="yes")"), 1);
  EXPECT_EQ(Labelled(metrics, R"(class="car",correct="no")"), 1);
  EXPECT_EQ(Labelled(metrics, R"(class="person",correct="yes")"), 1);
  EXPECT_EQ(Labelled(metrics, R"(class="person",correct="no")"), 0);
}

}  // namespace
}  // namespace ddnn

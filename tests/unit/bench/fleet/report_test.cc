#include "bench/fleet/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

FleetReport Report() {
  FleetReport report{.options = {},
                     .devices = 6,
                     .phases_ms = {0, 70.4, 20},
                     .loads = {{"edge", {.processes = 3, .cpu_percent = 4.5}}},
                     .load_average = {1, 2, 3}};
  report.options.groups = 3;
  report.figures.samples = 10;
  report.figures.answered = 10;
  report.figures.exits[0] = {
      .decided = {{.count = 10, .p50 = 1, .p90 = 2, .p99 = 3, .max = 4}, 3.5},
      .heard = {{.count = 10, .p50 = 2, .p90 = 3, .p99 = 4, .max = 5}, 4.5}};
  return report;
}

TEST(FleetReportTest, JsonHasTheFiguresOfExitsThatAnswered) {
  const auto json = nlohmann::json::parse(ToJson(Report()));
  EXPECT_EQ(json["samples"], 10);
  EXPECT_EQ(json["clean"], true);
  EXPECT_EQ(json["latency_ms"]["local"]["decided"]["p99"], 3);
  EXPECT_EQ(json["latency_ms"]["local"]["heard"]["worst_group_p99"], 4.5);
  EXPECT_FALSE(json["latency_ms"].contains("cloud"));
  EXPECT_EQ(json["processes"]["edge"]["cpu_percent"], 4.5);
  EXPECT_EQ(json["load_average"][0], 1);
}

TEST(FleetReportTest, TheTableShowsTheSame) {
  const std::string table = ToTable(Report());
  EXPECT_THAT(table, HasSubstr("3 groups of 6 devices"));
  EXPECT_THAT(table, HasSubstr("ticks come at 0 20 70 of 100 ms"));
  EXPECT_THAT(table, HasSubstr("samples 10  answered 10  missing 0"));
  EXPECT_THAT(table, HasSubstr("drops  none"));
  EXPECT_THAT(table, Not(HasSubstr("cloud   heard")));
}

TEST(FleetReportTest, ADropIsNotCleanAndIsNamed) {
  FleetReport report = Report();
  report.drops["edge late_scores"] = 2;
  EXPECT_FALSE(report.clean());
  EXPECT_THAT(ToTable(report), HasSubstr("drops  edge late_scores 2\n"));
  EXPECT_EQ(nlohmann::json::parse(ToJson(report))["drops"]["edge late_scores"],
            2);
}

}  // namespace
}  // namespace ddnn

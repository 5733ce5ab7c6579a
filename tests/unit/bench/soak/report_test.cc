#include "bench/soak/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

FaultOutcome OutcomeOf(std::string_view kind,
                       std::optional<milliseconds> recovery) {
  FaultOutcome outcome;
  outcome.kind = FindFault(kind);
  outcome.whom = "device1";
  outcome.recovery = recovery;
  outcome.before.losses["late"] = 2;
  outcome.after.losses["late"] = 5;
  outcome.after.covered = 7;
  return outcome;
}

SoakReport GoodReport() {
  SoakReport report;
  report.seconds = 60;
  report.audit.mentioned = 2400;
  report.faults = {OutcomeOf("device_killed", milliseconds(700)),
                   OutcomeOf("device_killed", milliseconds(900))};
  report.memory = {{"edge", 10, 10.9, 10.8, 20, 600}};
  return report;
}

TEST(SoakReportTest, AKindsFaultsStandTogetherWithTheirWorst) {
  const std::string table = ToTable(GoodReport());
  EXPECT_THAT(table, HasSubstr("device_killed            2          900"));
  EXPECT_THAT(table, HasSubstr("     6       14"));
  EXPECT_THAT(table, HasSubstr("edge               10.0         10.9"));
  EXPECT_TRUE(GoodReport().clean());
}

TEST(SoakReportTest, AFaultThatIsFeltTooLongIsNotClean) {
  SoakReport report = GoodReport();
  report.faults[1].recovery = milliseconds(5001);
  EXPECT_FALSE(report.clean());
  report.faults[1].recovery.reset();
  EXPECT_FALSE(report.clean());
  EXPECT_THAT(ToTable(report), HasSubstr("never"));
}

TEST(SoakReportTest, AnAuditThatIsNotCleanIsNot) {
  SoakReport report = GoodReport();
  report.audit.unaccounted = 1;
  EXPECT_FALSE(report.clean());
}

TEST(SoakReportTest, NorIsAnAuditThatCannotTell) {
  SoakReport report = GoodReport();
  report.audit.unjudged = 3;
  EXPECT_FALSE(report.clean());
  EXPECT_THAT(ToTable(report),
              HasSubstr("clean, but of 3 samples it cannot be said"));
  report.audit = {};
  EXPECT_FALSE(report.clean());
  EXPECT_THAT(ToTable(report), HasSubstr("no sample was mentioned"));
}

TEST(SoakReportTest, MemoryThatGrowsIsNotCleanAndSaysSo) {
  SoakReport report = GoodReport();
  report.memory[0].largest_mib = 11.9;  // a burst
  EXPECT_TRUE(report.clean());
  report.memory[0].largest_mib = 12.1;
  EXPECT_FALSE(report.clean());
  EXPECT_THAT(ToTable(report),
              HasSubstr("NOT CLEAN: edge: memory grew from 10.0 to 12.1 MiB"));
  report.memory[0].seconds = 30;  // too young to tell
  EXPECT_TRUE(report.clean());
  report.memory[0].seconds = 600;
  report.memory[0].name = "broker";
  EXPECT_TRUE(report.clean());
}

TEST(SoakReportTest, AProcessThatRunsHotWhileSomethingIsBrokenIsNotClean) {
  SoakReport report = GoodReport();
  report.faults[0].cpu_percent = 51;
  EXPECT_THAT(report.Complaints(),
              ElementsAre("device_killed: a process used 51 % of a core"));
}

TEST(SoakReportTest, ItsJsonTellsEachFault) {
  const auto json = nlohmann::json::parse(ToJson(GoodReport()));
  EXPECT_EQ(json["clean"], true);
  ASSERT_EQ(json["faults"].size(), 2U);
  EXPECT_EQ(json["faults"][0]["lost"], 3);
  EXPECT_EQ(json["faults"][1]["recovery_ms"], 900);
  EXPECT_EQ(json["memory"][0]["process"], "edge");
  EXPECT_EQ(json["audit"]["unaccounted"], 0);
}

TEST(FaultKindsTest, EachIsFoundByItsName) {
  for (const FaultKind& kind : FaultKinds()) {
    EXPECT_EQ(FindFault(kind.name), &kind);
  }
  EXPECT_EQ(FindFault("nothing"), nullptr);
}

}  // namespace
}  // namespace ddnn

#include "cli/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DiagnosisTest : public ::testing::Test {
 protected:
  std::ostringstream out_;
};

TEST_F(DiagnosisTest, EachFindingIsALineAsItComes) {
  Diagnosis diagnosis(&out_, /*json=*/false);
  diagnosis.Add(Ok("disk", "9 MiB free"));
  EXPECT_EQ(out_.str(), "ok       disk           9 MiB free\n");
}

TEST_F(DiagnosisTest, TheRemedyStandsBelowItsFault) {
  Diagnosis diagnosis(&out_, /*json=*/false);
  diagnosis.Add(Fault("broker", kExitUnavailable, "not reached", "start it"));
  EXPECT_EQ(out_.str(),
            "fault    broker         not reached\n"
            "         ->             start it\n");
}

TEST_F(DiagnosisTest, LaterLinesOfATextStandBelowTheFirst) {
  Diagnosis diagnosis(&out_, /*json=*/false);
  diagnosis.Add(Fault("configuration", kExitConfig, "one\ntwo\n", "mend it"));
  EXPECT_THAT(out_.str(), HasSubstr("one\n                        two\n"));
}

TEST_F(DiagnosisTest, WarningsDoNotChangeTheExitCode) {
  Diagnosis diagnosis(&out_, /*json=*/false);
  diagnosis.Add(Warning("clock", "60 ms ahead", "use NTP"));
  diagnosis.Add(Skipped("login", "no broker"));
  EXPECT_EQ(diagnosis.Finish(), kExitOk);
  EXPECT_THAT(out_.str(), HasSubstr("1 warning, 1 skipped"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("warnings")));
}

TEST_F(DiagnosisTest, TheFirstFaultDecidesTheExitCode) {
  Diagnosis diagnosis(&out_, /*json=*/false);
  diagnosis.Add(Ok("disk", "fine"));
  diagnosis.Add(Fault("rights", kExitRefused, "may not write", "provision"));
  diagnosis.Add(Fault("camera", kExitUnavailable, "absent", "plug it in"));
  EXPECT_EQ(diagnosis.Finish(), kExitRefused);
  EXPECT_THAT(out_.str(), HasSubstr("2 faults"));
}

TEST_F(DiagnosisTest, JsonIsOneObjectAtTheEnd) {
  Diagnosis diagnosis(&out_, /*json=*/true);
  diagnosis.Add(Ok("disk", "9 MiB free"));
  diagnosis.Add(Fault("rights", kExitRefused, "not\xff", "provision"));
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(diagnosis.Finish(), kExitRefused);
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json.at("exit_code"), 77);
  EXPECT_EQ(json.at("findings").size(), 2U);
  EXPECT_EQ(json.at("findings")[0].at("state"), "ok");
  EXPECT_EQ(json.at("findings")[0].contains("remedy"), false);
  EXPECT_EQ(json.at("findings")[1].at("remedy"), "provision");
}

}  // namespace
}  // namespace ddnn

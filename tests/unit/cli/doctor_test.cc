#include "cli/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/base/config.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using State = Finding::State;

class ProfileTest : public ::testing::Test {
 protected:
  AgentProfile Read(const std::string& more) const {
    const auto file = folder_ / "agent.yaml";
    std::ofstream(file) << "site: s\nagent: a\nbundle: net.ddnn\n" << more;
    return ReadProfile(file);
  }

  TempFolder folder_;
};

TEST_F(ProfileTest, ASourceMakesADeviceAgent) {
  const AgentProfile profile = Read(
      "group: g\nplace: device3\nsource: {kind: street}\nring: {ticks: 9}\n");
  EXPECT_EQ(profile.tier, Tier::kDevice);
  EXPECT_EQ(profile.part.place, "device3");
  EXPECT_EQ(profile.part.bundle, folder_ / "net.ddnn");
}

TEST_F(ProfileTest, AGroupAloneMakesAnEdgeAgent) {
  EXPECT_EQ(Read("group: g\nticks_per_s: 10\n").tier, Tier::kEdge);
}

TEST_F(ProfileTest, NeitherMakesACloudAgent) {
  EXPECT_EQ(Read("queue: 64\n").tier, Tier::kCloud);
}

TEST_F(ProfileTest, WrongCommonKeysAreNamed) {
  try {
    (void)Read("group: G!\n");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr("agent.yaml:4: group = 'G!'"));
  }
}

TEST(JudgeClockTest, AClockThatIsNearEnoughIsOk) {
  const Finding finding = JudgeClock(-0.012, 0.001);
  EXPECT_EQ(finding.state, State::kOk);
  EXPECT_EQ(finding.text, "the broker's host is 12.0 ms behind, to 1.0 ms");
}

TEST(JudgeClockTest, ATenthOfASecondIsAWarningHalfASecondAFault) {
  EXPECT_EQ(JudgeClock(0.1, 0.001).state, State::kWarning);
  EXPECT_EQ(JudgeClock(-0.5, 0.001).state, State::kFault);
}

TEST(JudgeClockTest, WhatTheWayMayHaveAddedIsNotHeldAgainstIt) {
  EXPECT_EQ(JudgeClock(0.1, 0.06).state, State::kOk);
}

}  // namespace
}  // namespace ddnn

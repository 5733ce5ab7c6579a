#include "cli/scrape_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include "core/bus/topics.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

AgentState DeviceAt(const std::string& address, bool online = true) {
  return {.online = online,
          .tier = "device",
          .group = "gate",
          .device = 3,
          .metrics = address};
}

BusMessage StateOf(const std::string& agent, const AgentState& state) {
  return {AgentTopics("yard", agent).State(), EncodeAgentState(state), true};
}

ScrapeTarget TargetOf(const std::string& agent, const std::string& address) {
  return {address,
          {{"site", "yard"},
           {"group", "gate"},
           {"agent", agent},
           {"tier", "device"},
           {"device", "3"}}};
}

TEST(ScrapeTargetsTest, AnAgentIsATargetWithItsLabels) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("10.0.0.3:9110")));
  EXPECT_THAT(targets.Targets(),
              ElementsAre(TargetOf("cam-3", "10.0.0.3:9110")));
  EXPECT_THAT(targets.Problems(), IsEmpty());
}

TEST(ScrapeTargetsTest, ACloudAgentHasNeitherGroupNorDevice) {
  ScrapeTargets targets;
  AgentState state;
  state.online = true;
  state.tier = "cloud";
  state.metrics = "10.0.0.9:9130";
  targets.OnMessage(StateOf("cloud-1", state));
  const ScrapeTarget expected{
      "10.0.0.9:9130",
      {{"site", "yard"}, {"agent", "cloud-1"}, {"tier", "cloud"}}};
  EXPECT_THAT(targets.Targets(), ElementsAre(expected));
}

TEST(ScrapeTargetsTest, AnAgentThatIsGoneKeepsItsEntry) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("10.0.0.3:9110")));
  targets.OnMessage(StateOf("cam-3", DeviceAt("", false)));
  EXPECT_THAT(targets.Targets(),
              ElementsAre(TargetOf("cam-3", "10.0.0.3:9110")));
}

TEST(ScrapeTargetsTest, ADeletedStateEndsTheEntry) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("10.0.0.3:9110")));
  targets.OnMessage({AgentTopics("yard", "cam-3").State(), "", false});
  EXPECT_THAT(targets.Targets(), IsEmpty());
}

TEST(ScrapeTargetsTest, AnAgentWithoutMetricsIsNoTarget) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("10.0.0.3:9110")));
  targets.OnMessage(StateOf("cam-3", DeviceAt("")));
  EXPECT_THAT(targets.Targets(), IsEmpty());
}

TEST(ScrapeTargetsTest, TheFileBringsBackWhoIsGone) {
  ScrapeTargets targets({TargetOf("cam-3", "10.0.0.3:9110")});
  targets.OnMessage(StateOf("cam-3", DeviceAt("", false)));
  targets.ForgetUnconfirmed();
  EXPECT_THAT(targets.Targets(),
              ElementsAre(TargetOf("cam-3", "10.0.0.3:9110")));
}

TEST(ScrapeTargetsTest, WhoseStateWasDeletedMeanwhileIsForgotten) {
  ScrapeTargets targets({TargetOf("cam-3", "10.0.0.3:9110")});
  targets.ForgetUnconfirmed();
  EXPECT_THAT(targets.Targets(), IsEmpty());
}

TEST(ScrapeTargetsTest, AnAddressOfAllAddressesIsLeftOutAndNamed) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("0.0.0.0:9110")));
  targets.OnMessage(StateOf("cam-4", DeviceAt("[::]:9110")));
  EXPECT_THAT(targets.Targets(), IsEmpty());
  EXPECT_THAT(targets.Problems(),
              ElementsAre(HasSubstr("agent cam-3 of site yard: 0.0.0.0:9110"),
                          HasSubstr("[::]:9110 is no address to scrape")));
}

TEST(ScrapeTargetsTest, OfTwoLivingAgentsAtOneAddressTheFirstIsBelieved) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-4", DeviceAt("10.0.0.4:9110")));
  targets.OnMessage(StateOf("cam-3", DeviceAt("10.0.0.4:9110")));
  EXPECT_THAT(targets.Targets(),
              ElementsAre(TargetOf("cam-4", "10.0.0.4:9110")));
  EXPECT_THAT(targets.Problems(), ElementsAre(HasSubstr("cam-3")));
}

TEST(ScrapeTargetsTest, TwoLivingAgentsAtOneLoopbackAreLeftOutAndNamed) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("127.0.0.1:9110")));
  targets.OnMessage(StateOf("cam-4", DeviceAt("127.0.0.1:9110")));
  EXPECT_THAT(targets.Targets(), IsEmpty());
  EXPECT_THAT(targets.Problems(),
              ElementsAre(HasSubstr("cam-3"), HasSubstr("metrics.listen")));
}

TEST(ScrapeTargetsTest, AnAddressBelongsToWhoLivesThere) {
  ScrapeTargets targets;
  targets.OnMessage(StateOf("cam-3", DeviceAt("127.0.0.1:9110")));
  targets.OnMessage(StateOf("cam-3", DeviceAt("", false)));
  targets.OnMessage(StateOf("cam-4", DeviceAt("127.0.0.1:9110")));
  EXPECT_THAT(targets.Targets(),
              ElementsAre(TargetOf("cam-4", "127.0.0.1:9110")));
}

TEST(ScrapeTargetsTest, WhatIsNoStateIsCounted) {
  ScrapeTargets targets;
  targets.OnMessage({"somewhere/else", "x", false});
  targets.OnMessage({AgentTopics("yard", "cam-3").Info(), "{}", false});
  targets.OnMessage({AgentTopics("yard", "cam-3").State(), "{", false});
  EXPECT_EQ(targets.rejected(), 3U);
  EXPECT_THAT(targets.Targets(), IsEmpty());
}

TEST(ScrapeTargetsTest, AgentsAreBounded) {
  ScrapeTargets targets;
  for (std::size_t i = 0; i < ScrapeTargets::kMaxAgents + 5; ++i) {
    targets.OnMessage(StateOf(fmt::format("cam-{}", i),
                              DeviceAt(fmt::format("10.0.0.1:{}", i + 1))));
  }
  EXPECT_EQ(targets.Targets().size(), ScrapeTargets::kMaxAgents);
  EXPECT_THAT(targets.Problems(), ElementsAre(HasSubstr("more than")));
}

TEST(FileSdTest, ItReadsBackWhatItWrote) {
  const std::vector<ScrapeTarget> targets{TargetOf("cam-3", "10.0.0.3:9110"),
                                          TargetOf("cam-4", "10.0.0.4:9110")};
  EXPECT_EQ(ParseFileSd(ToFileSd(targets)), targets);
  EXPECT_THAT(ParseFileSd(ToFileSd({})), IsEmpty());
}

TEST(FileSdTest, ItIsOneTargetALine) {
  EXPECT_EQ(ToFileSd({{"10.0.0.9:9130", {{"agent", "cloud-1"}}}}),
            "[\n  {\"targets\":[\"10.0.0.9:9130\"],"
            "\"labels\":{\"agent\":\"cloud-1\"}}\n]\n");
}

TEST(FileSdTest, OfAStrangeFileItTakesWhatItUnderstands) {
  EXPECT_THAT(ParseFileSd("not JSON"), IsEmpty());
  EXPECT_THAT(ParseFileSd("{}"), IsEmpty());
  EXPECT_THAT(ParseFileSd(R"([1, {}, {"targets": ["a", "b"], "labels": {}},
                      {"targets": [7], "labels": {}}, {"targets": ["a"]},
                      {"targets": ["h:1"], "labels": {"agent": "x", "n": 1}}])"),
              ElementsAre(ScrapeTarget{"h:1", {{"agent", "x"}}}));
}

}  // namespace
}  // namespace ddnn

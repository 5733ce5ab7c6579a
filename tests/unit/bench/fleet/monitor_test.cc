#include "bench/fleet/monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "bench/fleet/names.h"
#include "core/wire/json.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr Instant kStart{std::chrono::seconds(1000)};

class FleetMonitorTest : public ::testing::Test {
 protected:
  void Hear(const std::string& topic, const std::string& payload,
            Instant at = kStart) {
    monitor_.OnMessage({.topic = topic, .payload = payload}, at);
  }
  void HearConfig(int group) {
    Hear(GroupTopics("site", FleetGroup(group)).Config(),
         EncodeGroupConfig({bundle_.tag,
                            bundle_.device_count(),
                            bundle_.classes,
                            {kStart, 10, 7}}));
  }
  SampleResult Result(const SampleId& sample) const {
    SampleResult result;
    result.sample = sample;
    const auto classes = static_cast<std::size_t>(bundle_.class_count());
    result.logits.assign(classes, 0.0F);
    result.probabilities.assign(classes, 1.0 / static_cast<double>(classes));
    result.eta = 1;
    result.views_used = {0};
    result.path = {{Tier::kDevice, 0, 1}};
    return result;
  }
  FleetFigures Figures() const {
    return ledger_.Summarize(kStart, kStart + std::chrono::seconds(1));
  }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
  Ledger ledger_{2};
  FleetMonitor monitor_{"site", 2, bundle_, &ledger_};
};

TEST_F(FleetMonitorTest, SchedulesResultsAndLossesReachTheLedger) {
  HearConfig(0);
  HearConfig(1);
  EXPECT_EQ(ledger_.AllBegun(), kStart);
  ledger_.OnSeen(1, {7, 0});
  ledger_.OnSeen(1, {7, 1});
  const GroupTopics group("site", FleetGroup(1));
  Hear(group.ResultFb(), codec_.Encode(Result({7, 0})),
       kStart + milliseconds(3));
  Hear(group.Lost(),
       EncodeLossJson({{7, 1}, LossReason::kLate}, FleetGroup(1)));
  const FleetFigures figures = Figures();
  EXPECT_EQ(figures.answered, 1U);
  EXPECT_EQ(figures.lost, 1U);
  EXPECT_EQ(figures.exits[0].heard.all.max, 3);
  EXPECT_THAT(monitor_.Drops(), IsEmpty());
}

TEST_F(FleetMonitorTest, AnAgentIsThereUntilItSaysOtherwise) {
  const std::string topic = AgentTopics("site", FleetEdge(0)).State();
  AgentState state{.online = true, .tier = "edge", .group = FleetGroup(0)};
  EXPECT_EQ(monitor_.online(), 0);
  Hear(topic, EncodeAgentState(state));
  Hear(topic, EncodeAgentState(state));
  EXPECT_EQ(monitor_.online(), 1);
  state.online = false;
  Hear(topic, EncodeAgentState(state));
  EXPECT_EQ(monitor_.online(), 0);
}

TEST_F(FleetMonitorTest, TheLastCountersOfEachAgentAreAddedUpByKind) {
  const auto info = [this](const std::string& agent, AgentCounters counters) {
    Hear(AgentTopics("site", agent).Info(), EncodeAgentInfo(counters));
  };
  info(FleetDevice(0, 1), {{"stale_ticks", 1}});
  info(FleetDevice(0, 1), {{"stale_ticks", 2}});
  info(FleetDevice(1, 5), {{"stale_ticks", 1}});
  info(FleetCloud(0), {{"received_ask_messages", 9}});
  EXPECT_THAT(monitor_.Drops(),
              UnorderedElementsAre(Pair("device stale_ticks", 3)));
}

TEST_F(FleetMonitorTest, WhatMeansNothingIsCounted) {
  HearConfig(0);
  Hear("no/such/topic", "");
  Hear(GroupTopics("site", "group7").ResultFb(), codec_.Encode(Result({7, 0})));
  for (const std::string& kind : {GroupTopics("site", FleetGroup(0)).Config(),
                                  GroupTopics("site", FleetGroup(0)).ResultFb(),
                                  GroupTopics("site", FleetGroup(0)).Lost(),
                                  AgentTopics("site", FleetEdge(0)).State(),
                                  AgentTopics("site", FleetEdge(0)).Info()}) {
    Hear(kind, "garbage");
  }
  EXPECT_THAT(monitor_.Drops(),
              UnorderedElementsAre(Pair("monitor rejected", 7)));
}

TEST(FleetNamesTest, AGroupIsFoundByItsId) {
  EXPECT_EQ(GroupOf(FleetGroup(0), 2), 0);
  EXPECT_EQ(GroupOf(FleetGroup(1), 2), 1);
  EXPECT_FALSE(GroupOf(FleetGroup(2), 2));
  EXPECT_FALSE(GroupOf("group", 2));
}

TEST(FleetNamesTest, AnAgentsKindIsInItsName) {
  EXPECT_EQ(TierOf(FleetDevice(3, 5)), "device");
  EXPECT_EQ(TierOf(FleetEdge(12)), "edge");
  EXPECT_EQ(TierOf(FleetCloud(0)), "cloud");
}

}  // namespace
}  // namespace ddnn

#include "cli/demo_monitor.h"

#include <gtest/gtest.h>

#include "cli/demo_config.h"
#include "core/bus/fake_bus.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

constexpr Tick kFirst = 0xffff'ffff;  // ticks wrap around
constexpr int kCar = 0;
constexpr int kPerson = 1;

class DemoMonitorTest : public ::testing::Test {
 protected:
  void Hear(const std::string& topic, const std::string& payload) {
    monitor_.OnMessage({topic, payload, false});
  }
  void HearConfig(Tick first_tick = kFirst) {
    GroupConfig config;
    config.bundle_tag = tiny_.bundle.tag;
    config.devices = 2;
    config.classes = tiny_.bundle.classes;
    config.schedule.first_tick = first_tick;
    Hear(topics_.Config(), EncodeGroupConfig(config));
  }
  void HearResult(Tick offset, ObjectNumber object, int label) {
    Hear(topics_.Result(),
         EncodeResultJson(ResultOf(kFirst + offset, object, label), kDemoGroup,
                          tiny_.bundle.classes));
  }
  void HearDecided(Tick tick) {
    Hear(topics_.Decided(), Codec(tiny_.bundle).Encode(Decided{tick}));
  }
  void HearState(const std::string& agent, bool online) {
    AgentState state;
    state.online = online;
    state.tier = "device";
    state.group = "demo";
    state.device = 0;
    Hear(AgentTopics(kDemoSite, agent).State(), EncodeAgentState(state));
  }
  void HearInfo(const std::string& agent, const AgentCounters& counters) {
    Hear(AgentTopics(kDemoSite, agent).Info(), EncodeAgentInfo(counters));
  }

  const TinyReplay tiny_;
  const GroupTopics topics_{kDemoSite, kDemoGroup};
  Scoreboard board_{tiny_.replay, tiny_.bundle};
  DemoMonitor monitor_{tiny_.replay, tiny_.bundle, Tree::Of(tiny_.bundle),
                       &board_};
};

TEST_F(DemoMonitorTest, ResultsAreFoundByTheirDistanceFromTheFirstTick) {
  HearConfig();
  HearResult(0, 0, kPerson);
  HearResult(1, 0, kCar);
  EXPECT_EQ(board_.running().results, 2);
  EXPECT_EQ(board_.running().correct, 2);
}

TEST_F(DemoMonitorTest, ResultsOfOtherTicksMeanNothing) {
  HearConfig();
  HearResult(2, 0, kCar);
  HearResult(static_cast<Tick>(-1), 0, kCar);
  EXPECT_EQ(board_.running().results, 0);
  EXPECT_EQ(monitor_.rejected(), 2U);
}

TEST_F(DemoMonitorTest, LossesAreCounted) {
  HearConfig();
  Hear(topics_.Lost(),
       EncodeLossJson({{kFirst, 1}, LossReason::kLate}, kDemoGroup));
  EXPECT_EQ(board_.running().lost, 1);
}

TEST_F(DemoMonitorTest, TheFirstConfigurationStays) {
  HearConfig();
  HearConfig(1234);
  HearResult(0, 0, kPerson);
  EXPECT_EQ(board_.running().results, 1);
}

TEST_F(DemoMonitorTest, AnotherBundlesConfigurationIsRefused) {
  GroupConfig config;
  config.bundle_tag = tiny_.bundle.tag + 1;
  config.devices = 2;
  config.classes = tiny_.bundle.classes;
  Hear(topics_.Config(), EncodeGroupConfig(config));
  EXPECT_EQ(monitor_.rejected(), 1U);
}

TEST_F(DemoMonitorTest, AllIsDecidedWithTheReplaysLastTick) {
  HearDecided(kFirst - 1);
  EXPECT_FALSE(monitor_.all_decided());
  HearConfig();
  EXPECT_FALSE(monitor_.all_decided());
  HearDecided(kFirst);
  EXPECT_FALSE(monitor_.all_decided());
  HearDecided(kFirst + 1);
  EXPECT_TRUE(monitor_.all_decided());
}

TEST_F(DemoMonitorTest, TheWatermarkNeverFalls) {
  HearConfig();
  HearDecided(kFirst + 1);
  HearDecided(kFirst);
  EXPECT_TRUE(monitor_.all_decided());
}

TEST_F(DemoMonitorTest, AgentsComeAndGo) {
  HearState("device0", true);
  EXPECT_EQ(monitor_.DevicesOnline(), 1);
  EXPECT_FALSE(monitor_.SaidGoodbye("device0"));
  HearState("device0", false);
  EXPECT_EQ(monitor_.DevicesOnline(), 0);
  EXPECT_TRUE(monitor_.SaidGoodbye("device0"));
}

TEST_F(DemoMonitorTest, StrangersDoNotCount) {
  HearState("stranger", true);
  HearInfo("stranger", {{"sent_score_payload_bytes", 1}});
  EXPECT_EQ(monitor_.DevicesOnline(), 0);
  EXPECT_EQ(monitor_.rejected(), 2U);
}

TEST_F(DemoMonitorTest, TrafficIsTheSumOverAllDevices) {
  HearInfo("device0", {{"sent_score_payload_bytes", 10},
                       {"sent_feature_payload_bytes", 100}});
  EXPECT_FALSE(monitor_.DeviceTraffic().has_value());
  HearInfo("device1",
           {{"sent_score_payload_bytes", 1}, {"sent_score_mqtt_bytes", 9}});
  HearInfo("device1",
           {{"sent_score_payload_bytes", 2}, {"sent_score_mqtt_bytes", 18}});
  HearInfo("edge", {{"sent_score_payload_bytes", 1000}});
  ASSERT_TRUE(monitor_.DeviceTraffic().has_value());
  EXPECT_EQ(monitor_.DeviceTraffic()->payload_bytes, 112U);
  EXPECT_EQ(monitor_.DeviceTraffic()->mqtt_bytes, 18U);
}

TEST_F(DemoMonitorTest, GarbageOnEveryTopicIsCountedAndDropped) {
  HearConfig();
  const AgentTopics agent(kDemoSite, "device0");
  const std::vector<std::string> topics{
      topics_.Config(), topics_.Decided(), topics_.Result(), topics_.Lost(),
      agent.State(),    agent.Info(),      "nonsense"};
  for (const auto& topic : topics) {
    for (const char* payload : {"", "{", "[]", "\xff\xfe garbage"}) {
      Hear(topic, payload);
    }
  }
  EXPECT_EQ(monitor_.rejected(), topics.size() * 4);
  HearResult(0, 0, kPerson);
  EXPECT_EQ(board_.running().results, 1);
}

TEST_F(DemoMonitorTest, ProgressGrowsWithResultsOnly) {
  HearConfig();
  const auto before = monitor_.progress();
  Hear(topics_.Result(), "garbage");
  EXPECT_EQ(monitor_.progress(), before);
  HearResult(0, 0, kCar);
  EXPECT_GT(monitor_.progress(), before);
}

TEST_F(DemoMonitorTest, ItsSubscriptionsReachIt) {
  FakeBroker broker;
  const auto bus = broker.MakeBus("demo");
  monitor_.Subscribe(bus.get());
  std::vector<std::string> heard;
  bus->Start([&heard](const BusEvent& event) {
    if (const auto* message = std::get_if<BusMessage>(&event)) {
      heard.push_back(message->topic);
    }
  });
  const AgentTopics agent(kDemoSite, "device1");
  const std::vector<std::string> topics{topics_.Config(), topics_.Decided(),
                                        topics_.Result(), topics_.Lost(),
                                        agent.State(),    agent.Info()};
  for (const auto& topic : topics)
    broker.Inject({.topic = topic, .payload = "x"});
  broker.Inject({.topic = topics_.Score("device1"), .payload = "x"});
  EXPECT_EQ(heard, topics);
}

}  // namespace
}  // namespace ddnn

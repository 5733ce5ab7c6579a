#include "cli/trace/trace_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "core/wire/wire.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr Tick kTick = 17;
const GroupTopics kTopics("yard", "gate");
/// Tick kTick falls due then.
const Instant kDue{std::chrono::seconds(1'700'000'000)};

/// A group of two devices, pi0 and pi1, ten ticks a second.
class TraceListenerTest : public testing::Test {
 protected:
  using Trace = std::optional<SampleTrace>;

  Trace Hear(const std::string& topic, const std::string& payload,
             double ms = 0) {
    return listener_->OnMessage(
        {topic, payload, false},
        kDue + std::chrono::nanoseconds(static_cast<std::int64_t>(1e6 * ms)));
  }
  void HearState(const std::string& agent, const std::string& tier,
                 const std::string& group, int device = -1, bool online = true,
                 std::uint32_t boot = 1) {
    AgentState state{.online = online, .tier = tier, .group = group};
    state.device = device;
    state.boot = boot;
    Hear(AgentTopics("yard", agent).State(), EncodeAgentState(state));
  }
  void HearConfig(const GroupTopics& topics) {
    GroupConfig config;
    config.bundle_tag = bundle_.tag;
    config.devices = 2;
    config.classes = bundle_.classes;
    config.schedule = {kDue - milliseconds(100), 10, kTick - 1};
    Hear(topics.Config(), EncodeGroupConfig(config));
  }
  void HearGroup() {
    HearConfig(kTopics);
    for (const int device : {0, 1}) {
      HearState(Agent(device), "device", "gate", device);
    }
  }
  static std::string Agent(int device) { return "pi" + std::to_string(device); }
  void HearScores(int device, Tick tick, std::vector<ObjectNumber> objects,
                  double ms) {
    TickScores scores{tick, {}};
    for (const ObjectNumber object : objects) {
      scores.views.push_back({object, {1, 2}});
    }
    Hear(kTopics.Score(Agent(device)),
         codec_.Encode(ScoreMessage{.sequence = 1, .ticks = {scores}}), ms);
  }
  Trace HearResult(Tick tick, ObjectNumber object = 2,
                   Tier exit = Tier::kDevice) {
    SampleResult result = ResultOf(tick, object, 1);
    result.exit = exit;
    result.latency_ms = 9;
    return Hear(kTopics.Result(),
                EncodeResultJson(result, "gate", bundle_.classes), 9.5);
  }

  void ListenFor(const TraceQuery& query) {
    listener_ = std::make_unique<TraceListener>(query);
  }
  void SetUp() override {
    ListenFor({.sample = SampleId{kTick, 2}, .exit = {}});
  }

  const Bundle bundle_ = TinyBundle();
  const Codec codec_{bundle_};
  std::unique_ptr<TraceListener> listener_;
};

TEST_F(TraceListenerTest, TellsWhatPassedOfTheSample) {
  HearGroup();
  HearScores(0, kTick, {2, 5}, 1.5);
  HearScores(1, kTick, {}, 2.5);
  HearScores(1, kTick + 1, {2}, 3);
  Hear(kTopics.Request(), codec_.Encode(MapRequest{{{kTick, 2}}}), 4);
  Hear(kTopics.Request(), codec_.Encode(MapRequest{{{kTick, 5}}}), 4);
  Hear(CloudAnswerTopic("yard", "edge"),
       codec_.Encode(CloudAnswer{{kTick, 2}, {0.5F, 1.0F}}), 8);
  Hear(CloudAnswerTopic("door", "edge"),
       codec_.Encode(CloudAnswer{{kTick, 2}, {0.5F, 1.0F}}), 8);
  const Trace trace = HearResult(kTick);
  ASSERT_TRUE(trace);
  ASSERT_THAT(trace->messages, SizeIs(4));
  EXPECT_EQ(trace->messages[0].agent, "pi0");
  EXPECT_TRUE(trace->messages[0].names_it);
  EXPECT_NEAR(trace->messages[0].at_ms, 1.5, 1e-6);
  EXPECT_FALSE(trace->messages[1].names_it);
  EXPECT_EQ(trace->messages[2].payload_bytes, 40U);
  EXPECT_NEAR(trace->messages[3].at_ms, 8, 1e-6);
  EXPECT_EQ(trace->devices.at(1), "pi1");
}

TEST_F(TraceListenerTest, MessagesOfAnotherBundleAreNotItsOwn) {
  HearGroup();
  Bundle other = bundle_;
  other.tag ^= 1;
  Hear(kTopics.Request(), Codec(other).Encode(MapRequest{{{kTick, 2}}}));
  const Trace trace = HearResult(kTick);
  ASSERT_TRUE(trace);
  EXPECT_THAT(trace->messages, IsEmpty());
}

TEST_F(TraceListenerTest, AsksOfAnotherGroupsEdgeAreNotItsOwn) {
  HearGroup();
  HearState("edge", "edge", "gate");
  HearState("edge-door", "edge", "door");
  const std::string answer = codec_.Encode(CloudAnswer{{kTick, 2}, {0.5F, 1}});
  for (const char* edge : {"edge", "edge-door", "edge-nobody-knows"}) {
    Hear(CloudAnswerTopic("yard", edge), answer, 8);
  }
  const Trace trace = HearResult(kTick);
  ASSERT_TRUE(trace);
  ASSERT_THAT(trace->messages, SizeIs(2));
  EXPECT_EQ(trace->messages[0].agent, "edge");
  EXPECT_EQ(trace->messages[1].agent, "edge-nobody-knows");
}

TEST_F(TraceListenerTest, AgentThatIsThereStandsForItsDevice) {
  HearGroup();
  HearState("old-pi", "device", "gate", 0, /*online=*/false, /*boot=*/9);
  HearState("other-pi", "device", "door", 1);
  HearState("gone-pi", "device", "gate", 1, /*online=*/true, /*boot=*/2);
  HearState("gone-pi", "device", "gate", 1, /*online=*/false, /*boot=*/2);
  const Trace trace = HearResult(kTick);
  ASSERT_TRUE(trace);
  EXPECT_THAT(trace->devices, ElementsAre(Pair(0, "pi0"), Pair(1, "pi1")));
}

TEST_F(TraceListenerTest, RemovedAgentStandsForNothing) {
  HearGroup();
  Hear(AgentTopics("yard", "pi0").State(), "");
  const Trace trace = HearResult(kTick);
  ASSERT_TRUE(trace);
  EXPECT_THAT(trace->devices, ElementsAre(Pair(1, "pi1")));
}

TEST_F(TraceListenerTest, OnlyTheSampleLookedForEndsIt) {
  HearGroup();
  EXPECT_FALSE(HearResult(kTick, 3));
  EXPECT_FALSE(HearResult(kTick + 1));
  EXPECT_EQ(listener_->others(), 2U);
  const Trace loss = Hear(
      kTopics.Lost(), EncodeLossJson({{kTick, 2}, LossReason::kLate}, "gate"));
  ASSERT_TRUE(loss);
  EXPECT_THAT(ToText(*loss), HasSubstr("sample 17-2 of yard/gate: LOST, late"));
}

TEST_F(TraceListenerTest, WatermarkBeyondTheSampleMeansThatItIsOver) {
  HearGroup();
  Hear(kTopics.Decided(), codec_.Encode(Decided{kTick - 1}));
  EXPECT_FALSE(listener_->over());
  Hear(kTopics.Decided(), codec_.Encode(Decided{kTick}));
  EXPECT_TRUE(listener_->over());
}

TEST_F(TraceListenerTest, SampleIsOverWhenItIsInEveryGroup) {
  const GroupTopics door("yard", "door");
  HearGroup();
  HearConfig(door);
  Hear(door.Decided(), codec_.Encode(Decided{kTick + 1000}));
  EXPECT_FALSE(listener_->over());
  Hear(kTopics.Decided(), codec_.Encode(Decided{kTick}));
  EXPECT_TRUE(listener_->over());
}

TEST_F(TraceListenerTest, NextIsTheFirstThatWasHeardWhole) {
  ListenFor({});
  HearGroup();
  HearScores(0, kTick, {2}, 1);
  EXPECT_FALSE(HearResult(kTick));
  EXPECT_FALSE(HearResult(kTick - 1));
  EXPECT_TRUE(HearResult(kTick + 1));
}

TEST_F(TraceListenerTest, NextMayHaveToLeaveAtACertainExit) {
  ListenFor({.sample = {}, .exit = Tier::kCloud});
  HearGroup();
  HearScores(0, kTick, {2}, 1);
  EXPECT_FALSE(HearResult(kTick + 1));
  EXPECT_TRUE(HearResult(kTick + 2, 2, Tier::kCloud));
}

TEST_F(TraceListenerTest, OldestMessagesAreForgotten) {
  HearGroup();
  HearScores(0, kTick, {2}, 1);
  for (std::size_t i = 0; i < TraceListener::kMostMessages; ++i) {
    HearScores(1, kTick + 1, {}, 2);
  }
  const Trace trace = HearResult(kTick);
  ASSERT_TRUE(trace);
  EXPECT_THAT(trace->messages, IsEmpty());
}

TEST_F(TraceListenerTest, GarbageMeansNothing) {
  for (const auto& topic :
       {kTopics.Config(), kTopics.Result(), kTopics.Lost(), kTopics.Decided(),
        kTopics.Score("pi0"), CloudAskTopic("yard", "edge"),
        AgentTopics("yard", "pi0").State(), std::string("elsewhere")}) {
    EXPECT_FALSE(Hear(topic, "garbage"));
  }
  EXPECT_EQ(listener_->groups(), 0U);
}

}  // namespace
}  // namespace ddnn

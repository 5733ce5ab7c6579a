#include "edge_agent/edge_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/edge_agent/edge_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kStateTopic = AgentTopics("plant", "edge1").State();
const std::string kInfoTopic = AgentTopics("plant", "edge1").Info();
const std::string kAskTopic = CloudAskTopic("plant", "edge1");
const std::string kAnswerTopic = CloudAnswerTopic("plant", "edge1");

TEST(EdgeStateTest, StateGoesOutFirst) {
  EdgeRig rig;
  rig.Connect();
  ASSERT_FALSE(rig.broker.log().empty());
  const OutgoingMessage& first = rig.broker.log().front();
  EXPECT_EQ(first.topic, kStateTopic);
  EXPECT_TRUE(first.retain);
  const AgentState state = DecodeAgentState(first.payload).value();
  EXPECT_TRUE(state.online);
  EXPECT_EQ(state.tier, "edge");
  EXPECT_EQ(state.group, "yard");
  EXPECT_EQ(state.boot, EdgeRig::kBoot);
  EXPECT_EQ(state.bundle_tag, rig.scene.network().bundle().tag);
}

TEST(EdgeStateTest, WillSaysOfflineWithTheSameBoot) {
  EdgeRig rig;
  rig.Connect();
  rig.broker.Cut("edge1");
  const AgentState state =
      DecodeAgentState(rig.Newest(kStateTopic).payload).value();
  EXPECT_FALSE(state.online);
  EXPECT_EQ(state.boot, EdgeRig::kBoot);
}

TEST(EdgeOpenTest, GroupOpensWhenAllDevicesAreThere) {
  EdgeRig rig;
  rig.Connect();
  for (int i = 0; i < 5; ++i) {
    rig.SendState(EdgeRig::Agent(i), rig.DeviceState(i), 10);
  }
  EXPECT_FALSE(rig.pipeline.open());
  EXPECT_THAT(rig.On(rig.group.Config()), IsEmpty());
  rig.SendState("cam5", rig.DeviceState(5), 20);

  EXPECT_TRUE(rig.pipeline.open());
  const auto configs = rig.On(rig.group.Config());
  ASSERT_THAT(configs, SizeIs(1));
  EXPECT_TRUE(configs[0].retain);
  const GroupConfig config = DecodeGroupConfig(configs[0].payload).value();
  EXPECT_EQ(config.bundle_tag, rig.scene.network().bundle().tag);
  EXPECT_EQ(config.devices, 6);
  EXPECT_EQ(config.classes, rig.scene.network().bundle().classes);
  EXPECT_FALSE(config.schedule.paced());
  const auto decided = rig.On(rig.group.Decided());
  ASSERT_THAT(decided, SizeIs(1));
  EXPECT_TRUE(decided[0].retain);
  EXPECT_EQ(rig.codec.DecodeDecided(decided[0].payload)->tick,
            config.schedule.first_tick - 1);
}

TEST(EdgeOpenTest, DevicesThatCameBeforeTheEdgeCount) {
  EdgeRig rig;
  rig.AllClaim();
  rig.Connect();
  EXPECT_TRUE(rig.pipeline.open());
}

TEST(EdgeOpenTest, GroupOpensWithoutTheMissingAfterAWhile) {
  EdgeRig rig(Sure());
  rig.Connect(100);
  rig.SendState("cam0", rig.DeviceState(0), 200);
  rig.Wait(5099);
  EXPECT_FALSE(rig.pipeline.open());
  rig.Wait(5100);
  ASSERT_TRUE(rig.pipeline.open());
  rig.Speak(0, 0, {4}, 5200);
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_THAT(rig.Results()[0].views_missing, ElementsAre(1, 2, 3, 4, 5));
}

TEST(EdgeOpenTest, PacedScheduleBeginsAfterTheDevicesCanKnowIt) {
  EdgeConfig config = TestEdgeConfig();
  config.ticks_per_s = 25;
  EdgeRig rig({}, config);
  rig.Open(100);
  EXPECT_EQ(rig.Schedule().ticks_per_second, 25.0);
  EXPECT_GT(rig.Schedule().start, EdgeRig::At(100));
}

TEST(EdgeOpenTest, LaterRunHasLaterTicks) {
  EdgeRig first;
  first.Open(0);
  EdgeRig second;
  second.Open(60000);
  EXPECT_TRUE(
      Before(first.Schedule().first_tick, second.Schedule().first_tick));
}

TEST(EdgeResultTest, LocalExitIsPublishedOnAllResultTopics) {
  EdgeRig rig(Sure());
  rig.Open();
  rig.AllSpeak(0, {4}, 30);
  const SampleId id{rig.TickAt(0), 4};

  const auto& classes = rig.scene.network().bundle().classes;
  for (const auto& topic : {rig.group.Result(), rig.group.Latest()}) {
    const auto messages = rig.On(topic);
    ASSERT_THAT(messages, SizeIs(1)) << topic;
    EXPECT_EQ(messages[0].qos, Qos::kAtLeastOnce);
    EXPECT_EQ(messages[0].content_type, "application/json");
    EXPECT_EQ(messages[0].retain, topic == rig.group.Latest());
    const auto result = DecodeResultJson(messages[0].payload, classes);
    ASSERT_TRUE(result.ok()) << result.message();
    EXPECT_EQ(result.value().sample, id);
  }
  EXPECT_EQ(rig.On(rig.group.Result())[0].expiry, std::chrono::seconds(60));
  ASSERT_THAT(rig.Results(), SizeIs(1));
  const SampleResult result = rig.Results()[0];
  EXPECT_EQ(result.sample, id);
  EXPECT_EQ(result.exit, Tier::kDevice);
  EXPECT_EQ(result.logits, rig.scene.LocalLogits(id, kAllSix));
  EXPECT_EQ(
      rig.codec.DecodeDecided(rig.Newest(rig.group.Decided()).payload)->tick,
      rig.TickAt(0));
  EXPECT_EQ(rig.Counter("results_local_ok"), 1U);
}

TEST(EdgeResultTest, LatestIsTheNewestTenTimesASecond) {
  EdgeRig rig(Sure());
  rig.Open();
  for (int tick = 0; tick < 5; ++tick) rig.AllSpeak(tick, {4}, tick * 10);
  EXPECT_THAT(rig.On(rig.group.Latest()), SizeIs(1));
  EXPECT_THAT(rig.On(rig.group.Result()), SizeIs(5));
  rig.Wait(100);
  const auto latest = rig.On(rig.group.Latest());
  ASSERT_THAT(latest, SizeIs(2));
  EXPECT_EQ(latest[1].payload, rig.Newest(rig.group.Result()).payload);
}

TEST(EdgeResultTest, CloudAnswersAMissedSample) {
  for (const bool edge : {false, true}) {
    EdgeRig rig(edge ? WithEdge(Unsure()) : Unsure());
    rig.Open();
    rig.AllSpeak(0, {4}, 10);
    const SampleId id{rig.TickAt(0), 4};
    const auto request =
        rig.codec.DecodeRequest(rig.Newest(rig.group.Request()).payload);
    ASSERT_TRUE(request.ok());
    EXPECT_THAT(request.value().wanted, ElementsAre(id));

    for (int i = 0; i < 6; ++i) rig.SendMap(i, id, 20);
    const OutgoingMessage asked = rig.Newest(kAskTopic);
    EXPECT_TRUE(asked.alias);
    EXPECT_EQ(asked.expiry, std::chrono::seconds(2));
    const auto ask = rig.codec.DecodeCloudAsk(asked.payload);
    ASSERT_TRUE(ask.ok());
    const auto answer = AnswerAsk(rig.scene.network(), ask.value());
    rig.Inject(kAnswerTopic, rig.codec.Encode(answer.value()), 30);

    ASSERT_THAT(rig.Results(), SizeIs(1));
    EXPECT_EQ(rig.Results()[0].exit, Tier::kCloud);
    EXPECT_EQ(rig.Results()[0].logits, answer.value().logits);
    EXPECT_THAT(rig.Results()[0].path, SizeIs(edge ? 3 : 2));
    EXPECT_EQ(rig.Counter("results_cloud_ok"), 1U);
  }
}

TEST(EdgeResultTest, SilentCloudIsAFallback) {
  EdgeRig rig(Unsure());
  rig.Open();
  rig.AllSpeak(0, {4}, 10);
  for (int i = 0; i < 6; ++i) rig.SendMap(i, {rig.TickAt(0), 4}, 20);
  const auto next = rig.pipeline.NextDeadline();
  ASSERT_TRUE(next.has_value());
  EXPECT_LE(*next, EdgeRig::At(2010));
  rig.Wait(2010);
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_EQ(rig.Results()[0].status, ResultStatus::kFallback);
  EXPECT_EQ(rig.Counter("results_local_fallback"), 1U);
}

TEST(EdgeResultTest, BatchOfTicksIsTakenTickByTick) {
  EdgeRig rig(Sure());
  rig.Open();
  for (int i = 0; i < 6; ++i) {
    ScoreMessage message;
    for (int tick = 0; tick < 3; ++tick) {
      message.ticks.push_back(rig.scene.Scores(i, rig.TickAt(tick), {4}));
    }
    rig.Inject(rig.group.Score(EdgeRig::Agent(i)), rig.codec.Encode(message));
  }
  EXPECT_THAT(rig.Results(), SizeIs(3));
  // One watermark for all three, after the one at the opening.
  EXPECT_THAT(rig.On(rig.group.Decided()), SizeIs(2));
}

TEST(EdgeLossTest, LateSampleIsPublishedAsLost) {
  EdgeRig rig(Sure());
  rig.Open();
  for (int i = 0; i < 5; ++i) rig.Speak(i, 0, {4}, 10);
  rig.Wait(510);
  rig.Speak(5, 0, {4, 7}, 600);
  const auto lost = rig.On(rig.group.Lost());
  ASSERT_THAT(lost, SizeIs(1));
  const auto loss = DecodeLossJson(lost[0].payload);
  ASSERT_TRUE(loss.ok());
  EXPECT_EQ(std::get<SampleLoss>(*loss).sample, (SampleId{rig.TickAt(0), 7}));
  EXPECT_EQ(std::get<SampleLoss>(*loss).reason, LossReason::kLate);
  EXPECT_EQ(rig.Counter("late_scores"), 1U);
  EXPECT_EQ(rig.Counter("lost_late"), 1U);
}

TEST(EdgeLossTest, StopAccountsForWhatIsInFlight) {
  EdgeRig rig(Unsure());
  rig.Open();
  rig.AllSpeak(0, {4, 5}, 10);
  rig.pipeline.Stop(EdgeRig::At(20));
  EXPECT_THAT(rig.On(rig.group.Lost()), SizeIs(2));
  EXPECT_EQ(rig.Counter("lost_shutdown"), 2U);
  const auto info = DecodeAgentInfo(rig.Newest(kInfoTopic).payload);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info.value().at("lost_shutdown"), 2U);
}

TEST(EdgeInfoTest, CountersAreRetainedOnceInTenSeconds) {
  EdgeRig rig(Sure());
  rig.Open(0);
  const std::size_t before = rig.On(kInfoTopic).size();
  rig.AllSpeak(0, {4}, 100);
  rig.AllSpeak(1, {4}, 200);
  EXPECT_THAT(rig.On(kInfoTopic), SizeIs(before));
  rig.Wait(10000);
  ASSERT_THAT(rig.On(kInfoTopic), SizeIs(before + 1));
  EXPECT_TRUE(rig.Newest(kInfoTopic).retain);
  const auto info = DecodeAgentInfo(rig.Newest(kInfoTopic).payload);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info.value().at("results_local_ok"), 2U);
  rig.Wait(19999);
  EXPECT_THAT(rig.On(kInfoTopic), SizeIs(before + 1));
  rig.Wait(20001);  // renewals of the lease are counted too
  EXPECT_THAT(rig.On(kInfoTopic), SizeIs(before + 2));
}

TEST(EdgeGarbageTest, GarbageOnEveryTopicIsCountedAndDropped) {
  EdgeRig rig(Sure());
  rig.Open();
  const std::vector<std::string> topics{
      rig.group.Score("cam0"), rig.group.Feature("cam0"), kAnswerTopic,
      AgentTopics("plant", "stranger").State()};
  std::uint64_t sent = 0;
  for (const std::string& topic : topics) {
    for (const std::string& payload :
         {std::string("x"), std::string(64, '\xff'), std::string(4000, '{'),
          std::string("\0\0\0\0\0\0\0\0DDSC\0\0\0\0", 16),
          std::string(kPayloadLimitBytes + 1, 'a')}) {
      rig.Inject(topic, payload);
      ++sent;
    }
  }
  std::uint64_t rejected = 0;
  for (const auto& [name, count] : rig.pipeline.counters()) {
    if (name.starts_with("rejected_")) rejected += count;
  }
  EXPECT_EQ(rejected, sent);
  rig.AllSpeak(0, {4});
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

TEST(EdgeGarbageTest, EmptyPayloadsAreHarmless) {
  EdgeRig rig(Sure());
  rig.Open();
  for (const std::string& topic :
       {rig.group.Score("cam0"), rig.group.Feature("cam0"), kAnswerTopic,
        AgentTopics("plant", "stranger").State()}) {
    rig.Inject(topic, "");
  }
  rig.AllSpeak(0, {4});
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

TEST(EdgeGarbageTest, MessageOfAnotherBundleIsRejected) {
  EdgeRig rig(Sure());
  rig.Open();
  TestBundleOptions other_options = Sure();
  other_options.seed = 99;
  const Bundle other = MakeTestBundle(other_options);
  const ScoreMessage message{0, {rig.scene.Scores(0, rig.TickAt(0), {4})}};
  rig.Inject(rig.group.Score("cam0"), Codec(other).Encode(message));
  EXPECT_EQ(rig.Rejected("wrong_bundle"), 1U);
}

TEST(EdgeGarbageTest, UnwantedButValidMessagesAreCounted) {
  EdgeRig rig(Sure());
  rig.Open();
  rig.SendMap(0, {rig.TickAt(0), 4});
  EXPECT_EQ(rig.Counter("unwanted_maps"), 1U);
  rig.Inject(kAnswerTopic,
             rig.codec.Encode(CloudAnswer{{rig.TickAt(0), 4}, {1, 2, 3}}));
  EXPECT_EQ(rig.Counter("unwanted_cloud_answers"), 1U);
  rig.Speak(0, 0, {4});
  rig.Speak(0, 0, {4});
  EXPECT_EQ(rig.Counter("repeated_scores"), 1U);
  rig.Speak(0, 100000, {4});
  EXPECT_EQ(rig.Rejected("out_of_range"), 1U);
}

TEST(EdgeGarbageTest, ScoresBeforeTheGroupIsOpenAreRejected) {
  EdgeRig rig(Sure());
  rig.Connect();
  rig.SendState("cam0", rig.DeviceState(0));
  const ScoreMessage message{0, {rig.scene.Scores(0, 5, {4})}};
  rig.Inject(rig.group.Score("cam0"), rig.codec.Encode(message));
  EXPECT_EQ(rig.Rejected("not_open"), 1U);
}

}  // namespace
}  // namespace ddnn

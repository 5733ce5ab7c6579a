#include "device_agent/device_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/base/exit_code.h"
#include "core/bus/fake_bus.h"
#include "tests/support/test_bundle.h"
#include "tests/unit/device_agent/fake_source.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kDevice = 1;
constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};
constexpr Tick kFirst = 100;

View RandomView(std::uint32_t seed) {
  std::mt19937 random(seed);
  View view;
  for (auto& pixel : view) pixel = static_cast<std::uint8_t>(random() % 256);
  return view;
}

/// A tick with these objects; each view depends on tick and object.
TickViews Views(Tick tick, const std::vector<ObjectNumber>& objects) {
  TickViews views{tick, {}};
  for (const ObjectNumber object : objects) {
    views.views.push_back({object, RandomView(tick * 1000 + object)});
  }
  return views;
}

class DevicePipelineTest : public ::testing::Test {
 protected:
  DevicePipelineTest() : network_(MakeTestBundle({.devices = 2})) {
    options_ = {.site = "s",
                .group = "g",
                .agent = "cam",
                .device = kDevice,
                .boot = 77,
                .window = 4,
                .batch = milliseconds(0),
                .ring_ticks = 3};
  }

  /// Connects the agent.
  void Start() {
    bus_ = broker_.MakeBus("cam");
    pipeline_ = std::make_unique<DevicePipeline>(options_, network_, bus_.get(),
                                                 &source_);
    bus_->Start([this](const BusEvent& event) { pipeline_->OnBus(event); });
  }
  /// Connects, and the edge opens the group.
  void StartGroup(double ticks_per_second = 0) {
    Start();
    TellConfig(kFirst, ticks_per_second);
    TellDecided(kFirst - 1);
  }

  GroupConfig Config(Tick first_tick, double ticks_per_second = 0) const {
    return {network_.bundle().tag,
            2,
            network_.bundle().classes,
            {kNow, ticks_per_second, first_tick}};
  }
  void Tell(const std::string& topic, std::string payload,
            bool retain = false) {
    broker_.Inject(
        {.topic = topic, .payload = std::move(payload), .retain = retain});
  }
  void TellConfig(Tick first_tick, double ticks_per_second = 0) {
    Tell(topics_.Config(),
         EncodeGroupConfig(Config(first_tick, ticks_per_second)), true);
  }
  void TellDecided(Tick tick) {
    Tell(topics_.Decided(), codec_.Encode(Decided{tick}), true);
  }
  void Ask(const std::vector<SampleId>& wanted) {
    Tell(topics_.Request(), codec_.Encode(MapRequest{wanted}));
  }
  void TellLeave(Error error, const std::string& reason) {
    Tell(AgentTopics("s", "cam").Command("leave"),
         EncodeLeave({error, reason}));
  }

  std::vector<OutgoingMessage> Published(const std::string& topic) const {
    std::vector<OutgoingMessage> found;
    for (const auto& message : broker_.log()) {
      if (message.topic == topic) found.push_back(message);
    }
    return found;
  }
  std::vector<ScoreMessage> Scores() const {
    std::vector<ScoreMessage> scores;
    for (const auto& message : Published(topics_.Score("cam"))) {
      scores.push_back(*codec_.DecodeScores(message.payload, kDevice));
    }
    return scores;
  }
  std::vector<SampleMap> Maps() const {
    std::vector<SampleMap> maps;
    for (const auto& message : Published(topics_.Feature("cam"))) {
      maps.push_back(*codec_.DecodeMap(message.payload, kDevice));
    }
    return maps;
  }
  std::uint64_t Counter(const std::string& name) const {
    const auto& counters = pipeline_->counters();
    return counters.contains(name) ? counters.at(name) : 0;
  }

  FakeBroker broker_;
  const Network network_;
  const Codec codec_{network_.bundle()};
  const GroupTopics topics_{"s", "g"};
  FakeSource source_;
  DeviceOptions options_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<DevicePipeline> pipeline_;
};

TEST_F(DevicePipelineTest, StateGoesOutFirstAfterEachConnect) {
  Start();
  ASSERT_THAT(broker_.log(), SizeIs(1));
  const OutgoingMessage birth = broker_.log()[0];
  EXPECT_EQ(birth.topic, AgentTopics("s", "cam").State());
  EXPECT_TRUE(birth.retain);
  EXPECT_EQ(birth.qos, Qos::kAtLeastOnce);
  const auto state = DecodeAgentState(birth.payload);
  ASSERT_TRUE(state.ok()) << state.message();
  EXPECT_TRUE(state->online);
  EXPECT_EQ(state->tier, "device");
  EXPECT_EQ(state->group, "g");
  EXPECT_EQ(state->device, kDevice);
  EXPECT_EQ(state->boot, 77U);
  EXPECT_EQ(state->bundle_tag, network_.bundle().tag);

  broker_.Cut("cam");
  const std::size_t before = broker_.log().size();
  broker_.Reconnect("cam");
  ASSERT_GT(broker_.log().size(), before);
  EXPECT_EQ(broker_.log()[before].payload, birth.payload);
}

TEST_F(DevicePipelineTest, WillSaysTheSameButOffline) {
  Start();
  broker_.Cut("cam");
  const auto will = DecodeAgentState(broker_.log().back().payload);
  ASSERT_TRUE(will.ok()) << will.message();
  EXPECT_FALSE(will->online);
  EXPECT_EQ(will->boot, 77U);
  EXPECT_EQ(will->device, kDevice);
}

TEST_F(DevicePipelineTest, TicksBeginWithConfigAndWatermark) {
  Start();
  TellConfig(kFirst, 25.0);
  EXPECT_THAT(source_.begun, IsEmpty());
  TellDecided(kFirst + 6);
  ASSERT_THAT(source_.begun, SizeIs(1));
  EXPECT_EQ(source_.begun[0].first, Config(kFirst, 25.0).schedule);
  EXPECT_EQ(source_.begun[0].second, kFirst + 6);
  EXPECT_THAT(source_.told_decided, IsEmpty());
}

TEST_F(DevicePipelineTest, TicksBeginFromWhatTheBrokerRetained) {
  TellConfig(kFirst);
  TellDecided(kFirst + 6);
  Start();
  ASSERT_THAT(source_.begun, SizeIs(1));
  EXPECT_EQ(source_.begun[0].second, kFirst + 6);
}

TEST_F(DevicePipelineTest, ReconnectionBeginsAgainAfterTheWatermark) {
  StartGroup();
  TellDecided(kFirst + 6);
  broker_.Cut("cam");
  broker_.Reconnect("cam");
  ASSERT_THAT(source_.begun, SizeIs(2));
  EXPECT_EQ(source_.begun[1].first, source_.begun[0].first);
  EXPECT_EQ(source_.begun[1].second, kFirst + 6);
}

TEST_F(DevicePipelineTest, WatermarkIsPassedToTheSource) {
  StartGroup();
  TellDecided(kFirst);
  TellDecided(kFirst + 1);
  EXPECT_THAT(source_.told_decided, ElementsAre(kFirst, kFirst + 1));
}

TEST_F(DevicePipelineTest, ConfigOfAnotherBundleIsRefusedAndWaitedOut) {
  Start();
  GroupConfig other = Config(kFirst);
  ++other.bundle_tag;
  Tell(topics_.Config(), EncodeGroupConfig(other), true);
  TellDecided(kFirst - 1);
  EXPECT_THAT(source_.begun, IsEmpty());
  EXPECT_EQ(Counter("rejected_wrong_bundle"), 1U);
  EXPECT_FALSE(pipeline_->ending().has_value());
  TellConfig(kFirst);
  EXPECT_THAT(source_.begun, SizeIs(1));
}

TEST_F(DevicePipelineTest, DeletedConfigIsNoFault) {
  StartGroup();
  Tell(topics_.Config(), "", true);
  EXPECT_EQ(Counter("rejected_malformed") + Counter("rejected_truncated"), 0U);
}

TEST_F(DevicePipelineTest, ScoresAreThoseOfTheNetwork) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  const auto scores = Scores();
  ASSERT_THAT(scores, SizeIs(1));
  ASSERT_THAT(scores[0].ticks, SizeIs(1));
  const TickScores& tick = scores[0].ticks[0];
  EXPECT_EQ(tick.tick, kFirst);
  ASSERT_THAT(tick.views, SizeIs(2));
  for (const auto& [object, sums] : tick.views) {
    const View view = RandomView(kFirst * 1000 + object);
    EXPECT_EQ(sums, network_.RunDevice(kDevice, view).sums);
  }
  EXPECT_EQ(tick.views[1].object, 3);
}

TEST_F(DevicePipelineTest, ScoresTravelOnceWithAnAlias) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  const auto messages = Published(topics_.Score("cam"));
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].qos, Qos::kAtMostOnce);
  EXPECT_FALSE(messages[0].retain);
  EXPECT_TRUE(messages[0].alias);
}

TEST_F(DevicePipelineTest, TickWithoutViewsIsReported) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {}), kNow);
  ASSERT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Scores()[0].ticks[0].views, IsEmpty());
}

TEST_F(DevicePipelineTest, SequenceCountsMessages) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {}), kNow);
  const auto scores = Scores();
  ASSERT_THAT(scores, SizeIs(2));
  EXPECT_EQ(scores[1].sequence, scores[0].sequence + 1);
}

TEST_F(DevicePipelineTest, TicksOfAReplacedRunAreDroppedAndCounted) {
  StartGroup();
  TellConfig(5000);
  TellDecided(4999);
  pipeline_->OnViews(Views(kFirst + 1, {0}), kNow);
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Counter("stale_ticks"), 1U);
}

TEST_F(DevicePipelineTest, BatchWaitsForItsTime) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  pipeline_->OnTime(kNow);  // the counters
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {0, 1}), kNow + milliseconds(40));
  EXPECT_EQ(pipeline_->NextDeadline(), kNow + milliseconds(100));
  pipeline_->OnTime(kNow + milliseconds(99));
  EXPECT_THAT(Scores(), IsEmpty());
  pipeline_->OnTime(kNow + milliseconds(100));
  ASSERT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Scores()[0].ticks, SizeIs(2));
}

TEST_F(DevicePipelineTest, UnpacedBatchClosesWithItsWindow) {
  options_.batch = milliseconds(100);
  StartGroup();
  for (Tick i = 0; i < 4; ++i) {
    EXPECT_THAT(Scores(), IsEmpty());
    pipeline_->OnViews(Views(kFirst + i, {0}), kNow);
  }
  ASSERT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Scores()[0].ticks, SizeIs(4));
}

TEST_F(DevicePipelineTest, LargestBatchFitsIntoAMessage) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  std::vector<ObjectNumber> objects(kMaxObjectsPerTick);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    objects[i] = static_cast<ObjectNumber>(i);
  }
  for (Tick i = 0; Scores().empty(); ++i) {
    pipeline_->OnViews(Views(kFirst + i, objects), kNow);
  }
  EXPECT_GT(Scores()[0].ticks.size(), 1U);
}

TEST_F(DevicePipelineTest, RequestIsAnsweredFromTheRing) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  Ask({{kFirst, 3}});
  const auto maps = Maps();
  ASSERT_THAT(maps, SizeIs(1));
  EXPECT_EQ(maps[0].sample, (SampleId{kFirst, 3}));
  EXPECT_EQ(maps[0].map,
            network_.RunDevice(kDevice, RandomView(kFirst * 1000 + 3)).map);
  EXPECT_TRUE(Published(topics_.Feature("cam"))[0].alias);
}

TEST_F(DevicePipelineTest, EachMapIsItsOwnMessage) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {1}), kNow);
  Ask({{kFirst, 0}, {kFirst, 3}, {kFirst + 1, 1}});
  EXPECT_THAT(Maps(), SizeIs(3));
}

TEST_F(DevicePipelineTest, ObjectThatItDoesNotSeeIsNotAnswered) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  Ask({{kFirst, 1}});
  EXPECT_THAT(Maps(), IsEmpty());
  EXPECT_EQ(Counter("map_not_in_ring"), 0U);
}

TEST_F(DevicePipelineTest, TickThatItForgotIsCounted) {
  StartGroup();
  for (Tick i = 0; i < 4; ++i) {
    pipeline_->OnViews(Views(kFirst + i, {0}), kNow);
  }
  Ask({{kFirst, 0}, {kFirst + 1, 0}});  // the ring holds three ticks
  ASSERT_THAT(Maps(), SizeIs(1));
  EXPECT_EQ(Maps()[0].sample.tick, kFirst + 1);
  EXPECT_EQ(Counter("map_not_in_ring"), 1U);
}

TEST_F(DevicePipelineTest, DecidedTicksAreForgotten) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {0}), kNow);
  TellDecided(kFirst);
  Ask({{kFirst, 0}});
  EXPECT_THAT(Maps(), IsEmpty());
  Ask({{kFirst + 1, 0}});
  EXPECT_THAT(Maps(), SizeIs(1));
}

TEST_F(DevicePipelineTest, LeaveEndsTheAgentWithTheReason) {
  StartGroup();
  TellLeave(Error::kRefused, "device 1 is cam-b already");
  ASSERT_TRUE(pipeline_->ending().has_value());
  EXPECT_EQ(pipeline_->ending()->exit_code, kExitConfig);
  EXPECT_THAT(pipeline_->ending()->reason,
              HasSubstr("device 1 is cam-b already"));
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_THAT(Scores(), IsEmpty());
}

TEST_F(DevicePipelineTest, LeaveForAnotherBundleIsAProtocolError) {
  StartGroup();
  TellLeave(Error::kWrongBundle, "use the edge's bundle");
  ASSERT_TRUE(pipeline_->ending().has_value());
  EXPECT_EQ(pipeline_->ending()->exit_code, kExitProtocol);
}

TEST_F(DevicePipelineTest, FinalRefusalOfTheBrokerEndsTheAgent) {
  Start();
  pipeline_->OnBus(BusDisconnected{"not authorised", true, Error::kRefused});
  ASSERT_TRUE(pipeline_->ending().has_value());
  EXPECT_EQ(pipeline_->ending()->exit_code, kExitRefused);
  EXPECT_THAT(pipeline_->ending()->reason, HasSubstr("not authorised"));
}

TEST_F(DevicePipelineTest, LostConnectionDropsAndCountsScores) {
  StartGroup();
  broker_.Cut("cam");
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_FALSE(pipeline_->ending().has_value());
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Counter("unsent_messages"), 1U);
  EXPECT_EQ(Counter("score_messages"), 0U);
  broker_.Reconnect("cam");
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_THAT(Scores(), SizeIs(1));
}

TEST_F(DevicePipelineTest, GarbageOnEveryTopicIsCountedByReasonAndSurvived) {
  StartGroup();
  const std::string leave = AgentTopics("s", "cam").Command("leave");
  const std::string decided = codec_.Encode(Decided{kFirst});
  std::string foreign = decided;
  foreign.replace(4, 4, "XXXX");  // the file identifier
  for (const auto& topic : {topics_.Request(), topics_.Decided()}) {
    Tell(topic, "");
    Tell(topic, std::string(300, '\xFF'));
    Tell(topic, foreign);
    Tell(topic, std::string(kPayloadLimitBytes + 1, 'x'));
  }
  Tell(topics_.Request(), decided);
  for (const auto& topic : {topics_.Config(), leave}) {
    Tell(topic, "{");
    Tell(topic, std::string(300, '\xFF'));
    Tell(topic, "[]");
  }
  EXPECT_EQ(Counter("rejected_truncated"), 2U);
  EXPECT_EQ(Counter("rejected_oversized"), 2U);
  EXPECT_EQ(Counter("rejected_wrong_identifier"), 5U);
  EXPECT_EQ(Counter("rejected_malformed"), 6U);
  EXPECT_FALSE(pipeline_->ending().has_value());

  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  Ask({{kFirst, 0}});
  EXPECT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Maps(), SizeIs(1));
}

TEST_F(DevicePipelineTest, MessagesOfAnotherBundleAreCounted) {
  StartGroup();
  const Bundle other = MakeTestBundle({.devices = 2, .seed = 9});
  const Codec stranger(other);
  Tell(topics_.Decided(), stranger.Encode(Decided{kFirst}));
  Tell(topics_.Request(), stranger.Encode(MapRequest{{{kFirst, 0}}}));
  EXPECT_EQ(Counter("rejected_wrong_bundle"), 2U);
  EXPECT_THAT(source_.told_decided, IsEmpty());
}

TEST_F(DevicePipelineTest, CountersAddUpWhatWasSent) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {}), kNow);
  Ask({{kFirst, 0}});
  const auto scores = Published(topics_.Score("cam"));
  const auto maps = Published(topics_.Feature("cam"));
  EXPECT_EQ(Counter("ticks"), 2U);
  EXPECT_EQ(Counter("views"), 2U);
  EXPECT_EQ(Counter("requests"), 1U);
  EXPECT_EQ(Counter("score_messages"), 2U);
  EXPECT_EQ(Counter("score_payload_bytes"),
            scores[0].payload.size() + scores[1].payload.size());
  EXPECT_GT(Counter("score_mqtt_bytes"), Counter("score_payload_bytes"));
  EXPECT_EQ(Counter("feature_messages"), 1U);
  EXPECT_EQ(Counter("feature_payload_bytes"), maps[0].payload.size());
  EXPECT_GT(Counter("feature_mqtt_bytes"), Counter("feature_payload_bytes"));
  // Two views of three classes, and a map of 4 x 32 bytes.
  EXPECT_EQ(Counter("content_bytes"), 2U * 2U * 3U + 128U);
}

TEST_F(DevicePipelineTest, CountersArePublishedOnceASecondWhileTheyChange) {
  const std::string info = AgentTopics("s", "cam").Info();
  StartGroup();
  pipeline_->OnTime(kNow);
  ASSERT_THAT(Published(info), SizeIs(1));
  EXPECT_TRUE(Published(info)[0].retain);

  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_EQ(pipeline_->NextDeadline(), kNow + milliseconds(1000));
  pipeline_->OnTime(kNow + milliseconds(999));
  EXPECT_THAT(Published(info), SizeIs(1));
  pipeline_->OnTime(kNow + milliseconds(1000));
  ASSERT_THAT(Published(info), SizeIs(2));
  const auto counters = DecodeAgentInfo(Published(info)[1].payload);
  ASSERT_TRUE(counters.ok()) << counters.message();
  EXPECT_EQ(*counters, pipeline_->counters());
  EXPECT_EQ(counters->at("ticks"), 1U);

  pipeline_->OnTime(kNow + milliseconds(5000));
  EXPECT_THAT(Published(info), SizeIs(2));
  EXPECT_FALSE(pipeline_->NextDeadline().has_value());
}

TEST_F(DevicePipelineTest, FinishSendsWhatIsLeft) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  source_.skipped = 5;
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->Finish();
  EXPECT_THAT(Scores(), SizeIs(1));
  const auto info = Published(AgentTopics("s", "cam").Info());
  ASSERT_THAT(info, SizeIs(1));
  const auto counters = DecodeAgentInfo(info[0].payload);
  EXPECT_EQ(counters->at("score_messages"), 1U);
  EXPECT_EQ(counters->at("skipped_ticks"), 5U);
}

}  // namespace
}  // namespace ddnn

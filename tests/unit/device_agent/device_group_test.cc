// How a device belongs to its group: state, schedule, leave, and what it
// refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/exit_code.h"
#include "tests/unit/device_agent/device_pipeline_fixture.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using DeviceGroupTest = DevicePipelineFixture;

TEST_F(DeviceGroupTest, StateGoesOutFirstAfterEachConnect) {
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

TEST_F(DeviceGroupTest, WillSaysTheSameButOffline) {
  Start();
  broker_.Cut("cam");
  const auto will = DecodeAgentState(broker_.log().back().payload);
  ASSERT_TRUE(will.ok()) << will.message();
  EXPECT_FALSE(will->online);
  EXPECT_EQ(will->boot, 77U);
  EXPECT_EQ(will->device, kDevice);
}

TEST_F(DeviceGroupTest, TicksBeginWithConfigAndWatermark) {
  Start();
  TellConfig(kFirst, 25.0);
  EXPECT_THAT(source_.begun, IsEmpty());
  TellDecided(kFirst + 6);
  ASSERT_THAT(source_.begun, SizeIs(1));
  EXPECT_EQ(source_.begun[0].first, Config(kFirst, 25.0).schedule);
  EXPECT_EQ(source_.begun[0].second, kFirst + 6);
  EXPECT_THAT(source_.told_decided, IsEmpty());
}

TEST_F(DeviceGroupTest, TicksBeginFromWhatTheBrokerRetained) {
  TellConfig(kFirst);
  TellDecided(kFirst + 6);
  Start();
  ASSERT_THAT(source_.begun, SizeIs(1));
  EXPECT_EQ(source_.begun[0].second, kFirst + 6);
}

TEST_F(DeviceGroupTest, ReconnectionBeginsAgainAfterTheWatermark) {
  StartGroup();
  TellDecided(kFirst + 6);
  broker_.Cut("cam");
  broker_.Reconnect("cam");
  ASSERT_THAT(source_.begun, SizeIs(2));
  EXPECT_EQ(source_.begun[1].first, source_.begun[0].first);
  EXPECT_EQ(source_.begun[1].second, kFirst + 6);
}

TEST_F(DeviceGroupTest, WatermarkIsPassedToTheSource) {
  StartGroup();
  TellDecided(kFirst);
  TellDecided(kFirst + 1);
  EXPECT_THAT(source_.told_decided, ElementsAre(kFirst, kFirst + 1));
}

TEST_F(DeviceGroupTest, ConfigOfAnotherBundleIsRefusedAndWaitedOut) {
  Start();
  GroupConfig other = Config(kFirst);
  ++other.bundle_tag;
  Tell(topics_.Config(), EncodeGroupConfig(other), true);
  TellDecided(kFirst - 1);
  EXPECT_THAT(source_.begun, IsEmpty());
  EXPECT_EQ(Rejected("wrong_bundle"), 1U);
  EXPECT_FALSE(pipeline_->ending().has_value());
  TellConfig(kFirst);
  EXPECT_THAT(source_.begun, SizeIs(1));
}

TEST_F(DeviceGroupTest, DeletedConfigIsNoFault) {
  StartGroup();
  Tell(topics_.Config(), "", true);
  EXPECT_EQ(Rejected("malformed") + Rejected("truncated"), 0U);
}

TEST_F(DeviceGroupTest, TicksOfAReplacedRunAreDroppedAndCounted) {
  StartGroup();
  TellConfig(5000);
  TellDecided(4999);
  pipeline_->OnViews(Views(kFirst + 1, {0}), kNow);
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Counter("stale_ticks"), 1U);
}

TEST_F(DeviceGroupTest, LeaveEndsTheAgentWithTheReason) {
  StartGroup();
  TellLeave(Error::kRefused, "device 1 is cam-b already");
  ASSERT_TRUE(pipeline_->ending().has_value());
  EXPECT_EQ(pipeline_->ending()->exit_code, kExitConfig);
  EXPECT_THAT(pipeline_->ending()->reason,
              HasSubstr("device 1 is cam-b already"));
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_THAT(Scores(), IsEmpty());
}

TEST_F(DeviceGroupTest, LeaveForAnotherBundleIsAProtocolError) {
  StartGroup();
  TellLeave(Error::kWrongBundle, "use the edge's bundle");
  ASSERT_TRUE(pipeline_->ending().has_value());
  EXPECT_EQ(pipeline_->ending()->exit_code, kExitProtocol);
}

TEST_F(DeviceGroupTest, FinalRefusalOfTheBrokerEndsTheAgent) {
  Start();
  pipeline_->OnBus(BusDisconnected{"not authorised", true, Error::kRefused},
                   kNow);
  ASSERT_TRUE(pipeline_->ending().has_value());
  EXPECT_EQ(pipeline_->ending()->exit_code, kExitRefused);
  EXPECT_THAT(pipeline_->ending()->reason, HasSubstr("not authorised"));
}

TEST_F(DeviceGroupTest, GarbageOnEveryTopicIsCountedByReasonAndSurvived) {
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
  EXPECT_EQ(Rejected("truncated"), 2U);
  EXPECT_EQ(Rejected("oversized"), 2U);
  EXPECT_EQ(Rejected("wrong_identifier"), 5U);
  EXPECT_EQ(Rejected("malformed"), 6U);
  EXPECT_FALSE(pipeline_->ending().has_value());

  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  Ask({{kFirst, 0}});
  EXPECT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Maps(), SizeIs(1));
}

TEST_F(DeviceGroupTest, MessagesOfAnotherBundleAreCounted) {
  StartGroup();
  const Bundle other = MakeTestBundle({.devices = 2, .seed = 9});
  const Codec stranger(other);
  Tell(topics_.Decided(), stranger.Encode(Decided{kFirst}));
  Tell(topics_.Request(), stranger.Encode(MapRequest{{{kFirst, 0}}}));
  EXPECT_EQ(Rejected("wrong_bundle"), 2U);
  EXPECT_THAT(source_.told_decided, IsEmpty());
}

}  // namespace
}  // namespace ddnn

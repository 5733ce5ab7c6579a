// Who belongs to the group, and what a lost connection changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge_agent/edge_pipeline.h"
#include "tests/unit/edge_agent/edge_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kStateTopic = AgentTopics("plant", "edge1").State();

TEST(EdgeClaimTest, SecondAgentIsToldToLeave) {
  EdgeRig rig(Sure());
  rig.Open();
  rig.SendState("spare", rig.DeviceState(2));
  const auto leave = DecodeLeave(
      rig.Newest(AgentTopics("plant", "spare").Command("leave")).payload);
  ASSERT_TRUE(leave.ok());
  EXPECT_EQ(leave.value().error, Error::kRefused);
  EXPECT_THAT(leave.value().reason, HasSubstr("cam2"));
  EXPECT_EQ(rig.Counter("claims_refused_refused"), 1U);

  const ScoreMessage message{0, {rig.scene.Scores(2, rig.TickAt(0), {4})}};
  rig.Inject(rig.group.Score("spare"), rig.codec.Encode(message));
  EXPECT_EQ(rig.Rejected("unclaimed"), 1U);
  rig.AllSpeak(0, {4});
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

AgentState RivalState(std::uint32_t boot) {
  return {.online = true,
          .tier = "edge",
          .group = "yard",
          .boot = boot,
          .bundle_tag = 0xbad,
          .place = "edge"};
}

TEST(EdgeRivalTest, ALeadThatWasThereBeforeMakesTheNewcomerGiveUp) {
  EdgeRig rig(Sure());
  rig.SendState("elder", RivalState(EdgeRig::kBoot + 50));
  for (int i = 0; i < 6; ++i)
    rig.SendState(EdgeRig::Agent(i), rig.DeviceState(i));
  rig.Connect();
  ASSERT_TRUE(rig.pipeline.gave_up().has_value());
  EXPECT_EQ(rig.pipeline.gave_up()->error, Error::kRefused);
  EXPECT_THAT(rig.pipeline.gave_up()->message,
              HasSubstr("agent elder already leads group yard at place edge"));
  rig.Wait(60'000);
  EXPECT_THAT(rig.On(rig.group.Config()), IsEmpty());
}

TEST(EdgeRivalTest, OfTwoThatStartTogetherTheOlderBootStays) {
  EdgeRig younger(Sure());
  younger.Connect();
  younger.SendState("other", RivalState(EdgeRig::kBoot - 1));
  EXPECT_TRUE(younger.pipeline.gave_up().has_value());
  EdgeRig older(Sure());
  older.Connect();
  older.SendState("other", RivalState(EdgeRig::kBoot + 1));
  EXPECT_FALSE(older.pipeline.gave_up().has_value());
}

TEST(EdgeRivalTest, AnOpenGroupGivesUpForNobody) {
  EdgeRig rig(Sure());
  rig.Open();
  rig.SendState("newcomer", RivalState(EdgeRig::kBoot - 1));
  EXPECT_FALSE(rig.pipeline.gave_up().has_value());
  EXPECT_EQ(rig.Counter("rival_edges"), 1U);
}

TEST(EdgeClaimTest, DeadDeviceCompletesTicks) {
  EdgeRig rig(Sure());
  rig.Open();
  for (int i = 0; i < 5; ++i) rig.Speak(i, 0, {4}, 10);
  EXPECT_THAT(rig.Results(), IsEmpty());
  AgentState gone = rig.DeviceState(5);
  gone.online = false;
  rig.SendState("cam5", gone, 15);
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_EQ(rig.Results()[0].status, ResultStatus::kDegraded);
  EXPECT_EQ(rig.Counter("devices_gone"), 1U);
}

TEST(EdgeCameraTest, NobodyWaitsForADeviceWhoseCameraIsDown) {
  EdgeRig rig({.threshold = 1.0F});
  rig.Open();
  for (int i = 1; i < 6; ++i) rig.Speak(i, 0, {0}, 10);
  EXPECT_THAT(rig.Results(), IsEmpty());
  AgentState blind = rig.DeviceState(0);
  blind.camera_up = false;
  rig.SendState("cam0", blind, 20);
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_EQ(rig.Results()[0].status, ResultStatus::kDegraded);
  EXPECT_THAT(rig.Results()[0].views_missing, ElementsAre(0));
  EXPECT_EQ(rig.Counter("cameras_down"), 1U);
  EXPECT_EQ(rig.Counter("devices_gone"), 0U);
}

TEST(EdgeCameraTest, CameraThatIsBackIsWaitedForAgain) {
  EdgeRig rig({.threshold = 1.0F});
  rig.Connect();
  AgentState blind = rig.DeviceState(0);
  blind.camera_up = false;
  rig.AllClaim();
  rig.SendState("cam0", blind, 10);
  rig.SendState("cam0", rig.DeviceState(0), 20);
  for (int i = 1; i < 6; ++i) rig.Speak(i, 0, {0}, 30);
  EXPECT_THAT(rig.Results(), IsEmpty());
  rig.Speak(0, 0, {0}, 40);
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_THAT(rig.Results()[0].views_missing, IsEmpty());
  EXPECT_EQ(rig.Counter("cameras_up"), 1U);
}

TEST(EdgeCameraTest, GroupOpensWithABlindDevice) {
  EdgeRig rig({.threshold = 1.0F});
  rig.Connect();
  AgentState blind = rig.DeviceState(0);
  blind.camera_up = false;
  rig.SendState("cam0", blind);
  for (int i = 1; i < 6; ++i)
    rig.SendState(EdgeRig::Agent(i), rig.DeviceState(i));
  ASSERT_TRUE(rig.pipeline.open());
  for (int i = 1; i < 6; ++i) rig.Speak(i, 0, {0}, 10);
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

TEST(EdgeClaimTest, SecondEdgeOfTheGroupIsNoticed) {
  EdgeRig rig;
  rig.Open();
  AgentState rival = rig.DeviceState(-1);
  rival.tier = "edge";
  rig.SendState("edge2", rival);
  EXPECT_EQ(rig.Counter("rival_edges"), 1U);
}

TEST(EdgeReconnectTest, WhatIsRetainedIsPublishedAgain) {
  EdgeRig rig(Sure());
  rig.Open();
  rig.AllSpeak(0, {4}, 10);
  rig.broker.Cut("edge1");
  rig.Pump(20);
  const std::size_t before = rig.broker.log().size();
  rig.broker.Reconnect("edge1");
  rig.Pump(30);
  std::vector<std::string> topics;
  for (std::size_t i = before; i < rig.broker.log().size(); ++i) {
    topics.push_back(rig.broker.log()[i].topic);
  }
  ASSERT_GE(topics.size(), 4U);
  EXPECT_EQ(topics[0], kStateTopic);
  EXPECT_EQ(topics[1], rig.group.Lease());
  EXPECT_EQ(topics[2], rig.group.Config());
  EXPECT_EQ(topics[3], rig.group.Decided());
  const auto configs = rig.On(rig.group.Config());
  ASSERT_THAT(configs, SizeIs(2));
  const auto before_cut = DecodeGroupConfig(configs[0].payload).value();
  const auto after_cut = DecodeGroupConfig(configs[1].payload).value();
  EXPECT_EQ(after_cut.schedule, before_cut.schedule);
  EXPECT_EQ(after_cut.term, before_cut.term + 1);
  rig.AllSpeak(1, {4}, 40);
  EXPECT_THAT(rig.Results(), SizeIs(2));
}

TEST(EdgeReconnectTest, DevicesThatDoNotConfirmAreGone) {
  EdgeRig rig(Sure());
  rig.Open();
  // As if the broker had forgotten camera 5 meanwhile.
  rig.broker.Cut("edge1");
  rig.broker.Inject({.topic = AgentTopics("plant", "cam5").State(),
                     .payload = "",
                     .retain = true});
  rig.broker.Reconnect("edge1");
  rig.Pump(1000);
  for (int i = 0; i < 5; ++i) rig.Speak(i, 0, {4}, 10900);
  EXPECT_THAT(rig.Results(), IsEmpty());
  rig.Wait(11000);
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

TEST(EdgeReconnectTest, FinalDisconnectGivesUp) {
  EdgeRig rig;
  rig.Connect();
  rig.pipeline.OnEvent(BusDisconnected{.reason = "x", .final = false},
                       EdgeRig::At(1));
  EXPECT_FALSE(rig.pipeline.gave_up().has_value());
  rig.pipeline.OnEvent(
      BusDisconnected{
          .reason = "taken over", .final = true, .error = Error::kRefused},
      EdgeRig::At(2));
  ASSERT_TRUE(rig.pipeline.gave_up().has_value());
  EXPECT_EQ(rig.pipeline.gave_up()->error, Error::kRefused);
}

}  // namespace
}  // namespace ddnn

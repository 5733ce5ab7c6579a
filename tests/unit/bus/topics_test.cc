#include "core/bus/topics.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ddnn {
namespace {

using Scope = ParsedTopic::Scope;

TEST(TopicsTest, SpellingsAreThoseOfTheTopicTable) {
  const GroupTopics group("s1", "yard");
  EXPECT_EQ(group.Score("cam-0"), "ddnn/v1/s1/group/yard/score/cam-0");
  EXPECT_EQ(group.Feature("+"), "ddnn/v1/s1/group/yard/feature/+");
  EXPECT_EQ(group.Preview("cam-0"), "ddnn/v1/s1/group/yard/preview/cam-0");
  EXPECT_EQ(group.Relay("cam-0"), "ddnn/v1/s1/group/yard/relay/cam-0");
  EXPECT_EQ(group.EdgeRequest(), "ddnn/v1/s1/group/yard/edge-request");
  EXPECT_EQ(group.Request(), "ddnn/v1/s1/group/yard/request");
  EXPECT_EQ(group.Decided(), "ddnn/v1/s1/group/yard/decided");
  EXPECT_EQ(group.Config(), "ddnn/v1/s1/group/yard/config");
  EXPECT_EQ(group.Result(), "ddnn/v1/s1/group/yard/result");
  EXPECT_EQ(group.ResultFb(), "ddnn/v1/s1/group/yard/result-fb");
  EXPECT_EQ(group.Latest(), "ddnn/v1/s1/group/yard/latest");
  EXPECT_EQ(group.Lost(), "ddnn/v1/s1/group/yard/lost");
  EXPECT_EQ(group.Doctor("edge"), "ddnn/v1/s1/group/yard/doctor/edge");
  const AgentTopics agent("s1", "cam-0");
  EXPECT_EQ(agent.State(), "ddnn/v1/s1/agent/cam-0/state");
  EXPECT_EQ(agent.Info(), "ddnn/v1/s1/agent/cam-0/info");
  EXPECT_EQ(agent.Command("leave"), "ddnn/v1/s1/agent/cam-0/cmd/leave");
  EXPECT_EQ(agent.Response("doctor"), "ddnn/v1/s1/agent/cam-0/rsp/doctor");
  EXPECT_EQ(CloudDoctorTopic("s1"), "ddnn/v1/s1/cloud/doctor");
  EXPECT_EQ(CloudAskTopic("s1", "edge-0"), "ddnn/v1/s1/cloud/ask/edge-0");
  EXPECT_EQ(CloudAnswerTopic("+", "+"), "ddnn/v1/+/cloud/answer/+");
  EXPECT_EQ(SharedCloudAskFilter("+"), "$share/cloud/ddnn/v1/+/cloud/ask/+");
}

TEST(TopicsTest, GroupTopicOfAnAgentIsTakenApart) {
  const std::string topic = GroupTopics("s1", "yard").Score("cam-0");
  const auto parsed = ParseTopic(topic);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->scope, Scope::kGroup);
  EXPECT_EQ(parsed->site, "s1");
  EXPECT_EQ(parsed->group, "yard");
  EXPECT_EQ(parsed->kind, "score");
  EXPECT_EQ(parsed->agent, "cam-0");
  EXPECT_EQ(parsed->verb, "");
}

TEST(TopicsTest, GroupTopicOfTheGroupNamesNoAgent) {
  const GroupTopics group("s1", "yard");
  for (const auto& topic :
       {group.Request(), group.EdgeRequest(), group.Decided(), group.Config(),
        group.Result(), group.ResultFb(), group.Latest(), group.Lost()}) {
    const auto parsed = ParseTopic(topic);
    ASSERT_TRUE(parsed) << topic;
    EXPECT_EQ(parsed->scope, Scope::kGroup);
    EXPECT_EQ(parsed->group, "yard");
    EXPECT_EQ(parsed->agent, "");
    EXPECT_TRUE(topic.ends_with(parsed->kind)) << topic;
  }
}

TEST(TopicsTest, CloudTopicIsTakenApart) {
  const std::string topic = CloudAnswerTopic("s1", "edge-0");
  const auto parsed = ParseTopic(topic);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->scope, Scope::kCloud);
  EXPECT_EQ(parsed->site, "s1");
  EXPECT_EQ(parsed->kind, "answer");
  EXPECT_EQ(parsed->agent, "edge-0");
}

TEST(TopicsTest, AgentTopicsAreTakenApart) {
  const AgentTopics topics("s1", "cam-0");
  const std::string state = topics.State();
  const std::string leave = topics.Command("leave");
  const auto parsed_state = ParseTopic(state);
  ASSERT_TRUE(parsed_state);
  EXPECT_EQ(parsed_state->scope, Scope::kAgent);
  EXPECT_EQ(parsed_state->agent, "cam-0");
  EXPECT_EQ(parsed_state->kind, "state");
  const auto parsed_leave = ParseTopic(leave);
  ASSERT_TRUE(parsed_leave);
  EXPECT_EQ(parsed_leave->kind, "cmd");
  EXPECT_EQ(parsed_leave->verb, "leave");
}

TEST(TopicsTest, ForeignTopicsAreRefused) {
  const std::vector<std::string> foreign = {
      "",
      "/",
      "ddnn",
      "ddnn/v1",
      "ddnn/v1/s1",
      "/ddnn/v1/s1/group/yard/request",
      "ddnn/v2/s1/group/yard/request",
      "ddnn/v1/s1/group/yard/request/",
      "ddnn/v1/s1/group/yard/request/cam-0",
      "ddnn/v1/s1/group/yard/score",
      "ddnn/v1/s1/group/yard/score/",
      "ddnn/v1/s1/group/yard/score/cam-0/x",
      "ddnn/v1/s1/group/yard/gossip/cam-0",
      "ddnn/v1/s1/group//score/cam-0",
      "ddnn/v1/S1/group/yard/score/cam-0",
      "ddnn/v1/+/group/yard/score/cam-0",
      "ddnn/v1/s1/cloud/ask",
      "ddnn/v1/s1/cloud/ask/edge-0/x",
      "ddnn/v1/s1/cloud/rain/edge-0",
      "ddnn/v1/s1/agent/cam-0/cmd",
      "ddnn/v1/s1/agent/cam-0/state/x",
      "ddnn/v1/s1/other/cam-0/state",
      "$SYS/broker/uptime",
      std::string(100'000, '/'),
  };
  for (const std::string& topic : foreign) {
    EXPECT_FALSE(ParseTopic(topic)) << topic.substr(0, 80);
  }
}

TEST(TopicsTest, EveryTopicIsOfAKind) {
  const GroupTopics group("s1", "yard");
  const AgentTopics agent("s1", "cam-0");
  const std::vector<std::pair<std::string, MessageKind>> kinds{
      {group.Score("a"), MessageKind::kScore},
      {group.Feature("a"), MessageKind::kFeature},
      {group.Offload("a"), MessageKind::kOffload},
      {group.Preview("a"), MessageKind::kPreview},
      {group.Clock("a"), MessageKind::kClock},
      {group.Relay("a"), MessageKind::kRelay},
      {group.EdgeScore("a"), MessageKind::kEdgeScore},
      {group.EdgeFeature("a"), MessageKind::kEdgeFeature},
      {group.Request(), MessageKind::kRequest},
      {group.EdgeRequest(), MessageKind::kEdgeRequest},
      {group.Decided(), MessageKind::kDecided},
      {group.Config(), MessageKind::kConfig},
      {group.Result(), MessageKind::kResult},
      {group.ResultFb(), MessageKind::kResultFb},
      {group.Latest(), MessageKind::kLatest},
      {group.Lost(), MessageKind::kLost},
      {agent.State(), MessageKind::kState},
      {agent.Info(), MessageKind::kInfo},
      {agent.Command("leave"), MessageKind::kCommand},
      {agent.Response("leave"), MessageKind::kCommand},
      {CloudAskTopic("s1", "e"), MessageKind::kAsk},
      {CloudAnswerTopic("s1", "e"), MessageKind::kAnswer},
      {"$SYS/broker/uptime", MessageKind::kOther},
      {"weather/today", MessageKind::kOther}};
  for (const auto& [topic, kind] : kinds)
    EXPECT_EQ(KindOf(topic), kind) << topic;
}

}  // namespace
}  // namespace ddnn

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/edge_agent/lead_and_branch_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SureLeadAndBranchTest : public LeadAndBranchTest {
 protected:
  SureLeadAndBranchTest() : LeadAndBranchTest(Sure()) {}
};

TEST_F(LeadAndBranchTest, GroupOpensOnceTheBranchIsThere) {
  ConnectLead();
  for (int i = 0; i < 6; ++i) SendState(Agent(i), State("device", i));
  EXPECT_FALSE(lead_.open());
  ConnectBranch();
  EXPECT_TRUE(lead_.open());
  EXPECT_EQ(Count(lead_.counters(), "edges_came"), 1U);
  EXPECT_EQ(Count(lead_.counters(), "rival_edges"), 0U);
  EXPECT_EQ(Count(branch_.counters(), "rival_edges"), 0U);
  EXPECT_EQ(Count(branch_.counters(), "devices_came"), 6U);
}

TEST_F(SureLeadAndBranchTest, ScoresOfTheBranchAreRelayedUnchanged) {
  Open();
  Speak(4, {7});
  ASSERT_THAT(On(group_.Relay("cam4")), SizeIs(1));
  EXPECT_EQ(On(group_.Relay("cam4")), On(group_.Score("cam4")));
  Speak(1, {7});
  EXPECT_THAT(On(group_.Relay("cam1")), IsEmpty());
  for (const int i : {0, 2, 3, 5}) Speak(i, {7});
  ASSERT_THAT(Results(), SizeIs(1));
  EXPECT_EQ(Results()[0].logits, scene_.LocalLogits({FirstTick(), 7}, kAllSix));
  EXPECT_EQ(Count(lead_.counters(), "received_relay_messages"), 3U);
  EXPECT_EQ(Count(branch_.counters(), "sent_relay_messages"), 3U);
  EXPECT_EQ(Count(lead_.counters(), "sequence_gaps_relay"), 0U);
}

TEST_F(SureLeadAndBranchTest, LastScoresCountThoughTheGoodbyeOvertookThem) {
  Open();
  SpeakAndThen(4, {7}, Offline(4));
  for (const int i : {0, 1, 2, 3, 5}) Speak(i, {});
  ASSERT_THAT(Results(), SizeIs(1));
  EXPECT_THAT(Results()[0].views_used, ElementsAre(4));
  EXPECT_EQ(Rejected(lead_.counters(), "unclaimed"), 0U);
}

TEST_F(SureLeadAndBranchTest, LastScoresThatAreTooLateAreALoss) {
  Open();
  for (const int i : {0, 1, 2, 3, 5}) Speak(i, {});
  SpeakAndThen(4, {7}, Offline(4));
  ASSERT_THAT(On(group_.Lost()), SizeIs(1));
  EXPECT_THAT(On(group_.Lost())[0], HasSubstr("late"));
}

TEST_F(SureLeadAndBranchTest, LastScoresBeforeTheCameraFellOutAreALossToo) {
  Open();
  for (const int i : {0, 1, 2, 3, 5}) Speak(i, {});
  AgentState blind = State("device", 4);
  blind.camera_up = false;
  SpeakAndThen(4, {7}, blind);
  ASSERT_THAT(On(group_.Lost()), SizeIs(1));
  EXPECT_THAT(On(group_.Lost())[0], HasSubstr("late"));
}

TEST_F(SureLeadAndBranchTest, OnlyRelaysOfOnesThatAreGoneAreTaken) {
  Open();
  SendState(Agent(4), Offline(4));
  SendState(Agent(1), Offline(1));
  Speak(4, {7});  // the branch knows it no more
  Speak(1, {7});
  const ScoreMessage message{0, {scene_.Scores(4, FirstTick(), {7})}};
  Inject(group_.Relay("stranger"), codec_.Encode(message));
  EXPECT_THAT(On(group_.Relay("cam4")), IsEmpty());
  EXPECT_EQ(Rejected(lead_.counters(), "unclaimed"), 3U);
}

TEST_F(LeadAndBranchTest, MissedSampleGoesThroughBothSectionsToTheCloud) {
  Open();
  AllSpeak({7});
  EXPECT_THAT(On(group_.Request()), SizeIs(1));
  AllSendMap(7);
  EXPECT_THAT(On(group_.EdgeScore("east")), SizeIs(1));
  EXPECT_THAT(On(group_.EdgeRequest()), SizeIs(1));
  EXPECT_THAT(On(group_.EdgeFeature("east")), SizeIs(1));
  const auto ask =
      codec_.DecodeCloudAsk(Newest(CloudAskTopic("plant", "lead")));
  ASSERT_TRUE(ask.ok());
  const auto answer = AnswerAsk(scene_.network(), *ask);
  Inject(CloudAnswerTopic("plant", "lead"), codec_.Encode(*answer));
  ASSERT_THAT(Results(), SizeIs(1));
  EXPECT_EQ(Results()[0].exit, Tier::kCloud);
  EXPECT_EQ(Results()[0].status, ResultStatus::kOk);
  EXPECT_THAT(Results()[0].views_used, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(Results()[0].path, SizeIs(3));

  // The same in one process.
  Coordinator whole(scene_.shared_network(), {});
  const SampleId id{0, 7};
  for (int i = 0; i < 6; ++i) whole.SetAlive(i, true, now_);
  for (int i = 0; i < 6; ++i) {
    TickScores scores = scene_.Scores(i, FirstTick(), {7});
    scores.tick = 0;
    ASSERT_TRUE(whole.OnScores(i, scores, now_));
  }
  for (int i = 0; i < 6; ++i) {
    const auto& map = scene_.Output(i, {FirstTick(), 7}).map;
    ASSERT_TRUE(whole.OnMap(i, {id, map}, now_));
  }
  for (const Action& action : whole.TakeActions()) {
    const auto* offer = std::get_if<OfferToCloud>(&action);
    if (offer == nullptr) continue;
    EXPECT_EQ(AnswerAsk(scene_.network(), offer->ask)->logits,
              Results()[0].logits);
  }
}

TEST_F(LeadAndBranchTest, DecidedTicksAreForgotten) {
  Open();
  AllSpeak({7});
  AllSendMap(7);
  lead_.Stop(now_);
  Pump();
  const MapRequest late{{{FirstTick(), 7}}};
  Inject(group_.EdgeRequest(), codec_.Encode(late));
  EXPECT_THAT(On(group_.EdgeFeature("east")), SizeIs(1));
  EXPECT_EQ(Count(branch_.counters(), "unknown_samples"), 1U);
}

TEST_F(LeadAndBranchTest, RequestThatIsRepeatedIsAnsweredAgain) {
  Open();
  AllSpeak({7});
  for (const int i : {3, 4, 5}) SendMap(i, 7);
  EXPECT_THAT(On(group_.EdgeScore("east")), SizeIs(1));
  Pass(200);
  EXPECT_THAT(On(group_.Request()), SizeIs(2));
  EXPECT_THAT(On(group_.EdgeScore("east")), SizeIs(2));
  EXPECT_EQ(Count(lead_.counters(), "unwanted_edge_sums"), 1U);
}

TEST_F(LeadAndBranchTest, DeadBranchIsAMissingContributor) {
  Open();
  for (const int i : {0, 1, 2}) Speak(i, {7});
  broker_.Cut("east");
  Pump();
  for (const int i : {0, 1, 2}) SendMap(i, 7);
  const auto ask =
      codec_.DecodeCloudAsk(Newest(CloudAskTopic("plant", "lead")));
  ASSERT_TRUE(ask.ok());
  EXPECT_FALSE(ask->children[1].has_value());
  EXPECT_EQ(Count(lead_.counters(), "edges_gone"), 1U);
}

TEST_F(LeadAndBranchTest, SilentDeviceOfTheBranchDoesNotMakeItLate) {
  Open();
  AllSpeak({7});
  for (const int i : {0, 1, 2, 3, 4}) SendMap(i, 7);
  Pass(599);
  EXPECT_THAT(On(group_.EdgeScore("east")), IsEmpty());
  Pass(600);
  EXPECT_THAT(On(group_.EdgeScore("east")), SizeIs(1));
  EXPECT_THAT(On(CloudAskTopic("plant", "lead")), SizeIs(1));
  Pass(2000);
  ASSERT_THAT(Results(), SizeIs(1));
  EXPECT_EQ(Results()[0].exit, Tier::kEdge);
  EXPECT_THAT(Results()[0].views_missing, ElementsAre(5));
}

TEST_F(LeadAndBranchTest, SectionThatADeadlineMadeRunIsTimed) {
  Open();
  AllSpeak({7});
  for (const int i : {0, 1, 2, 3, 4}) SendMap(i, 7);
  Pass(599);
  const double before = Decides();
  Pass(600);
  EXPECT_THAT(On(group_.EdgeScore("east")), SizeIs(1));
  EXPECT_EQ(Decides(), before + 1);
}

TEST_F(LeadAndBranchTest, SectionThatADeathMadeRunIsTimed) {
  Open();
  AllSpeak({7});
  for (const int i : {0, 1, 2, 3, 4}) SendMap(i, 7);
  const double before = Decides();
  SendState(Agent(5), Offline(5));
  EXPECT_THAT(On(group_.EdgeScore("east")), SizeIs(1));
  EXPECT_EQ(Decides(), before + 1);
}

TEST_F(LeadAndBranchTest, AnswerToALateRequestIsTimed) {
  Open();
  for (const int i : {3, 4}) Speak(i, {7});
  const double before = Decides();
  Inject(group_.Request(), codec_.Encode(MapRequest{{{FirstTick(), 7}}}));
  EXPECT_EQ(Decides(), before + 1);
}

TEST_F(LeadAndBranchTest, SecondAgentOfAPlaceIsSentAway) {
  Open();
  SendState("west", State("edge", -1, "edge1"));
  const auto leave =
      DecodeLeave(Newest(AgentTopics("plant", "west").Command("leave")));
  ASSERT_TRUE(leave.ok());
  EXPECT_THAT(leave->reason, HasSubstr("agent east"));
  EXPECT_EQ(Count(lead_.counters(), "claims_refused_refused"), 1U);
  EXPECT_EQ(Count(branch_.counters(), "rival_edges"), 1U);
  EXPECT_EQ(Count(branch_.counters(), "claims_refused_refused"), 0U);
}

TEST_F(LeadAndBranchTest, UnknownPlaceIsARival) {
  Open();
  SendState("west", State("edge", -1, "attic"));
  SendState("north", State("edge", -1));
  EXPECT_EQ(Count(lead_.counters(), "rival_edges"), 2U);
}

TEST_F(LeadAndBranchTest, BranchThatIsSentAwayGivesUp) {
  Open();
  Inject(AgentTopics("plant", "east").Command("leave"),
         EncodeLeave({Error::kWrongBundle, "another bundle"}));
  ASSERT_TRUE(branch_.gave_up().has_value());
  EXPECT_EQ(branch_.gave_up()->error, Error::kWrongBundle);
  EXPECT_THAT(branch_.gave_up()->message, HasSubstr("another bundle"));
}

TEST_F(LeadAndBranchTest, ConfigOfAnotherBundleIsRejected) {
  ConnectBranch();
  GroupConfig config{scene_.network().bundle().tag + 1,
                     6,
                     scene_.network().bundle().classes,
                     {}};
  Inject(group_.Config(), EncodeGroupConfig(config));
  EXPECT_EQ(Rejected(branch_.counters(), "wrong_bundle"), 1U);
}

TEST_F(LeadAndBranchTest, GarbageOnEveryTopicIsCountedAndDropped) {
  Open();
  const std::size_t before = On(group_.Relay("cam4")).size();
  for (const std::string& topic :
       {group_.Score("cam4"), group_.Feature("cam4"), group_.Request(),
        group_.EdgeRequest(), group_.Decided(), group_.Config(),
        group_.Score("stranger"), AgentTopics("plant", "x").State(),
        AgentTopics("plant", "east").Command("leave")}) {
    for (const std::string& payload :
         {std::string("x"), std::string(64, '\xff'), std::string(4000, '{'),
          std::string(kPayloadLimitBytes + 1, 'a')}) {
      Inject(topic, payload);
    }
  }
  std::uint64_t rejected = 0;
  for (const auto& [name, count] : branch_.counters()) {
    if (name.starts_with("rejected_")) rejected += count;
  }
  EXPECT_EQ(rejected, 9U * 4U);
  EXPECT_THAT(On(group_.Relay("cam4")), SizeIs(before));
  for (const std::string& topic :
       {group_.Relay("cam4"), group_.EdgeScore("east"),
        group_.EdgeFeature("east")}) {
    Inject(topic, std::string(64, '\xff'));
  }
  // These, and what was said on `decided`, which the lead hears too.
  EXPECT_EQ(Rejected(lead_.counters(), "wrong_identifier"), 5U);
  const std::size_t requests = On(group_.Request()).size();
  AllSpeak({7});
  EXPECT_EQ(On(group_.Request()).size(), requests + 1);
}

TEST_F(LeadAndBranchTest, RelayOfTheLeadsOwnDeviceIsNotTaken) {
  Open();
  Inject(group_.Relay("cam1"),
         codec_.Encode(ScoreMessage{0, {scene_.Scores(1, FirstTick(), {7})}}));
  EXPECT_EQ(Rejected(lead_.counters(), "unknown_topic"), 1U);
}

}  // namespace
}  // namespace ddnn

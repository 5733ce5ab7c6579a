// A lead and a branch at one broker in memory, with six devices: 0 to 2 below
// the lead, 3 to 5 below the branch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "edge_agent/branch_pipeline.h"
#include "edge_agent/edge_pipeline.h"
#include "tests/support/metrics_page.h"
#include "tests/support/rejected.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TestBundleOptions TwoEdges(TestBundleOptions options) {
  options.edges = 2;
  return options;
}

EdgeConfig ConfigOf(const std::string& agent) {
  EdgeConfig config;
  config.site = "plant";
  config.group = "yard";
  config.agent = agent;
  return config;
}

class LeadAndBranchTest : public testing::Test {
 protected:
  static constexpr int kRemote = 7;

  explicit LeadAndBranchTest(const TestBundleOptions& bundle = Unsure())
      : scene_(TwoEdges(bundle)) {}
  ~LeadAndBranchTest() override {
    const auto rows = EdgeCounters();
    EXPECT_THAT(NamesWithoutRow(rows, lead_.counters()), IsEmpty());
    EXPECT_THAT(NamesWithoutRow(rows, branch_.counters()), IsEmpty());
  }

  static Instant At(int ms) {
    return Instant(std::chrono::hours(480000)) + milliseconds(ms);
  }
  static std::string Agent(int device) {
    return "cam" + std::to_string(device);
  }
  /// Both agents work off what they have been told, at `now_`.
  void Pump() {
    while (!lead_events_.empty() || !branch_events_.empty()) {
      if (!lead_events_.empty()) {
        const BusEvent event = std::move(lead_events_.front());
        lead_events_.pop_front();
        lead_.OnEvent(event, now_);
      } else {
        const BusEvent event = std::move(branch_events_.front());
        branch_events_.pop_front();
        branch_.OnEvent(event, now_);
      }
    }
  }
  void Pass(int ms) {
    now_ = At(ms);
    lead_.OnTime(now_);
    branch_.OnTime(now_);
    Pump();
  }
  void Inject(const std::string& topic, std::string payload,
              bool retain = false) {
    broker_.Inject(
        {.topic = topic, .payload = std::move(payload), .retain = retain});
    Pump();
  }
  AgentState State(const std::string& tier, int device,
                   const std::string& place = "") const {
    return {.online = true,
            .tier = tier,
            .group = "yard",
            .device = device,
            .boot = 500,
            .bundle_tag = scene_.network().bundle().tag,
            .place = place};
  }
  void SendState(const std::string& agent, const AgentState& state) {
    Inject(AgentTopics("plant", agent).State(), EncodeAgentState(state), true);
  }
  void ConnectLead() {
    lead_bus_->Start([this](BusEvent e) { lead_events_.push_back(e); });
    Pump();
  }
  void ConnectBranch() {
    branch_bus_->Start([this](BusEvent e) { branch_events_.push_back(e); });
    Pump();
  }
  void Open() {
    ConnectLead();
    ConnectBranch();
    for (int i = 0; i < 6; ++i) SendState(Agent(i), State("device", i));
  }
  Tick FirstTick() const {
    return DecodeGroupConfig(On(group_.Config()).front())
        .value()
        .schedule.first_tick;
  }
  void Speak(int device, const std::vector<ObjectNumber>& objects) {
    const ScoreMessage message{0,
                               {scene_.Scores(device, FirstTick(), objects)}};
    Inject(group_.Score(Agent(device)), codec_.Encode(message));
  }
  void AllSpeak(const std::vector<ObjectNumber>& objects) {
    for (int i = 0; i < 6; ++i) Speak(i, objects);
  }
  /// The device's last words: the lead hears the state before the relay.
  void SpeakAndThen(int device, const std::vector<ObjectNumber>& objects,
                    const AgentState& state) {
    const ScoreMessage message{0,
                               {scene_.Scores(device, FirstTick(), objects)}};
    broker_.Inject({.topic = group_.Score(Agent(device)),
                    .payload = codec_.Encode(message)});
    SendState(Agent(device), state);
  }
  AgentState Offline(int device) const {
    AgentState state = State("device", device);
    state.online = false;
    return state;
  }
  void SendMap(int device, ObjectNumber object) {
    const SampleId id{FirstTick(), object};
    Inject(group_.Feature(Agent(device)),
           codec_.Encode(SampleMap{id, scene_.Output(device, id).map}));
  }
  void AllSendMap(ObjectNumber object) {
    for (int i = 0; i < 6; ++i) SendMap(i, object);
  }

  std::vector<std::string> On(const std::string& topic) const {
    std::vector<std::string> found;
    for (const OutgoingMessage& message : broker_.log()) {
      if (message.topic == topic) found.push_back(message.payload);
    }
    return found;
  }
  std::string Newest(const std::string& topic) const {
    const auto found = On(topic);
    return found.empty() ? "" : found.back();
  }
  std::vector<SampleResult> Results() const {
    std::vector<SampleResult> results;
    for (const auto& payload : On(group_.ResultFb())) {
      results.push_back(codec_.DecodeResult(payload).value());
    }
    return results;
  }
  /// How often the branch observed its stage `decide`.
  double Decides() const {
    return MetricsPage(branch_metrics_.registry.Render())
        .Value(R"(ddnn_stage_duration_seconds_count{stage="decide"})");
  }
  static std::uint64_t Count(const AgentCounters& counters,
                             const std::string& name) {
    const auto found = counters.find(name);
    return found == counters.end() ? 0 : found->second;
  }

  TestScene scene_;
  Codec codec_{scene_.network().bundle()};
  GroupTopics group_{"plant", "yard"};
  FakeBroker broker_;
  // Before the buses, which speak until their end.
  std::deque<BusEvent> lead_events_;
  std::deque<BusEvent> branch_events_;
  std::unique_ptr<Bus> lead_bus_ = broker_.MakeBus("lead");
  std::unique_ptr<Bus> branch_bus_ = broker_.MakeBus("east");
  Instant now_ = At(0);
  EdgeMetrics lead_metrics_{scene_.network().bundle()};
  EdgeMetrics branch_metrics_{scene_.network().bundle()};
  EdgePipeline lead_{ConfigOf("lead"),
                     scene_.shared_network(),
                     Tree::Of(scene_.network().bundle()),
                     lead_bus_.get(),
                     &lead_metrics_,
                     1000};
  BranchPipeline branch_{ConfigOf("east"),
                         scene_.shared_network(),
                         Tree::Of(scene_.network().bundle()),
                         "edge1",
                         branch_bus_.get(),
                         &branch_metrics_,
                         1000};
};

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
  EXPECT_EQ(Rejected(lead_.counters(), "wrong_identifier"), 3U);
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

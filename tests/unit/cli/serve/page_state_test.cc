#include "cli/serve/page_state.h"

#include "core/bus/fake_bus.h"
#include "tests/unit/cli/serve/page_fixture.h"

namespace ddnn {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PageStateTest : public PageFixture {
 protected:
  PageState state_{{.network = &network_}};
};

TEST_F(PageStateTest, BeginsEmpty) {
  EXPECT_THAT(state_.groups(), IsEmpty());
  EXPECT_EQ(Json(state_)["group"], nullptr);
  EXPECT_FALSE(Json(state_)["broker_connected"]);
}

TEST_F(PageStateTest, AResultIsTheAnswer) {
  HearGroup(state_);
  HearResult(state_, ResultOf(17, 2, 1));
  const auto answer = Json(state_)["answer"];
  EXPECT_EQ(answer["sample"], "17-2");
  EXPECT_EQ(answer["label"], 1);
  EXPECT_EQ(answer["exit"], "local");
  EXPECT_EQ(answer["eta"], 0.25);
  EXPECT_EQ(answer["path"].size(), 1U);
  EXPECT_EQ(answer["content_bytes"], 8);
  EXPECT_EQ(answer["raw_bytes"], 2 * 3072);
}

TEST_F(PageStateTest, TotalsAddUpAndEachSampleCountsOnce) {
  HearGroup(state_);
  HearResult(state_, ResultOf(17, 2, 1));
  SampleResult degraded = ResultOf(18, 0, 0);
  degraded.status = ResultStatus::kDegraded;
  degraded.views_used = {0};
  HearResult(state_, degraded);
  SampleResult first_answer = ResultOf(20, 1, 0);
  first_answer.status = ResultStatus::kFallback;
  first_answer.again = true;  // it only may be a repeat
  HearResult(state_, first_answer);
  SampleResult again = ResultOf(17, 2, 1);
  again.again = true;
  HearResult(state_, again);
  for (int times = 0; times < 2; ++times) {
    state_.OnMessage(
        {topics_.Lost(), EncodeLossJson({{19, 0}, LossReason::kLate}, "gate"),
         false},
        now_);
  }
  const auto totals = Json(state_)["totals"];
  EXPECT_EQ(totals["results"], 3);
  EXPECT_EQ(totals["degraded"], 1);
  EXPECT_EQ(totals["fallback"], 1);
  EXPECT_EQ(totals["lost"], 1);
  EXPECT_EQ(totals["content_bytes"], 24);
  EXPECT_EQ(totals["raw_bytes"], 5 * 3072);
  // local, edge, cloud, fallback, lost: a fallback has not left early.
  EXPECT_EQ(Json(state_)["history"]["steps"].back(),
            nlohmann::json({2, 0, 0, 1, 1}));
}

TEST_F(PageStateTest, CamerasShowWhoSeesTheSample) {
  HearGroup(state_);
  SampleResult result = ResultOf(17, 2, 1);
  result.views_used = {1};
  HearResult(state_, result);
  const auto cameras = Json(state_)["cameras"];
  EXPECT_EQ(cameras[0]["presence"], "nothing");
  EXPECT_EQ(cameras[1]["presence"], "sees");
  result.views_missing = {0};
  HearResult(state_, result);
  EXPECT_EQ(Json(state_)["cameras"][0]["presence"], "silent");
}

TEST_F(PageStateTest, AnOldAnswerSaysNothingAboutWhatIsSeenNow) {
  HearGroup(state_);
  HearResult(state_, ResultOf(17, 2, 1));
  now_ += seconds(10);
  EXPECT_EQ(Json(state_)["cameras"][0]["presence"], "idle");
  state_.OnMessage({topics_.Score("cam-0"), Scores(18, {}), false}, now_);
  EXPECT_EQ(Json(state_)["cameras"][0]["presence"], "nothing");
  EXPECT_EQ(Json(state_)["cameras"][1]["presence"], "idle");
}

TEST_F(PageStateTest, ScoresBecomeEachCamerasOwnProbabilities) {
  HearGroup(state_);
  state_.OnMessage({topics_.Score("cam-1"), Scores(17, {1, 2}), false}, now_);
  HearResult(state_, ResultOf(17, 2, 1));
  const auto cameras = Json(state_)["cameras"];
  EXPECT_EQ(cameras[0]["probabilities"], nullptr);  // its scores did not come
  ASSERT_EQ(cameras[1]["probabilities"].size(), 2U);
  const double sum = cameras[1]["probabilities"][0].get<double>() +
                     cameras[1]["probabilities"][1].get<double>();
  EXPECT_NEAR(sum, 1.0, 1e-3);

  const Sums sums{40, -40};
  const std::vector<const Sums*> alone{nullptr, &sums};
  const auto logits = network_.ExitLogits(Tier::kDevice, alone);
  const auto expected = network_.Decide(Tier::kDevice, *logits);
  EXPECT_NEAR(cameras[1]["probabilities"][0].get<double>(),
              expected->probabilities[0], 1e-4);
}

TEST_F(PageStateTest, ExitsCarryTheNetworksThresholds) {
  HearGroup(state_);
  const auto exits = Json(state_)["exits"];
  ASSERT_EQ(exits.size(), network_.bundle().exits.size());
  EXPECT_EQ(exits[0]["exit"], "local");
  EXPECT_NEAR(exits[0]["threshold"].get<double>(), 0.8, 1e-4);
}

TEST_F(PageStateTest, WithoutTheGroupsNetworkTheRestIsShown) {
  PageState state{{}};
  HearGroup(state);
  state.OnMessage({topics_.Score("cam-1"), Scores(17, {2}), false}, now_);
  HearResult(state, ResultOf(17, 2, 1));
  const auto json = Json(state);
  EXPECT_EQ(json["exits"], nullptr);
  EXPECT_EQ(json["bundle"], nullptr);
  EXPECT_EQ(json["cameras"][1]["presence"], "sees");
  EXPECT_EQ(json["cameras"][1]["probabilities"], nullptr);
  EXPECT_EQ(json["answer"]["label"], 1);
  EXPECT_EQ(state.rejected(), 0U);
}

TEST_F(PageStateTest, AnotherNetworkThanTheGroupsIsNotUsed) {
  const Network other{MakeTestBundle({.devices = 2, .classes = 2, .seed = 9})};
  PageState state{{.network = &other}};
  HearGroup(state);
  EXPECT_EQ(Json(state)["bundle"], nullptr);
  EXPECT_THAT(Json(state)["other_bundle"].get<std::string>(),
              HasSubstr("is not what this group runs"));
  EXPECT_EQ(Json(state)["exits"], nullptr);
}

TEST_F(PageStateTest, TheGroupsOwnNetworkIsNoOther) {
  HearGroup(state_);
  EXPECT_EQ(Json(state_)["other_bundle"], nullptr);
}

TEST_F(PageStateTest, AgentsComeAndGo) {
  HearGroup(state_);
  EXPECT_EQ(Json(state_)["agents"][1]["online"], true);
  EXPECT_EQ(Json(state_)["agents"][1]["since_s"], nullptr);
  HearState(state_, "cam-1", DeviceState(1, false));
  now_ += seconds(4);
  EXPECT_EQ(Json(state_)["agents"][1]["online"], false);
  EXPECT_EQ(Json(state_)["agents"][1]["since_s"], 4.0);
  EXPECT_EQ(Json(state_)["cameras"][1]["presence"], "gone");
  HearState(state_, "cam-1", DeviceState(1));
  EXPECT_EQ(Json(state_)["agents"][1]["online"], true);
  EXPECT_EQ(Json(state_)["agents"][1]["since_s"], 0.0);
}

TEST_F(PageStateTest, ACameraThatIsDownIsNotItsAgentsEnd) {
  HearGroup(state_);
  AgentState down = DeviceState(0);
  down.camera_up = false;
  HearState(state_, "cam-0", down);
  EXPECT_EQ(Json(state_)["cameras"][0]["presence"], "camera_down");
  EXPECT_EQ(Json(state_)["agents"][0]["online"], true);
}

TEST_F(PageStateTest, ARemovedAgentIsForgotten) {
  HearGroup(state_);
  state_.OnMessage({AgentTopics("yard", "cam-0").State(), "", false}, now_);
  EXPECT_THAT(Json(state_)["agents"], SizeIs(1));
  EXPECT_EQ(Json(state_)["cameras"][0]["presence"], "unknown");
}

TEST_F(PageStateTest, OfTwoAgentsOfADeviceTheLivingOneCounts) {
  HearGroup(state_);
  HearState(state_, "cam-9", DeviceState(0, false));
  EXPECT_EQ(Json(state_)["cameras"][0]["agent"], "cam-0");
  HearState(state_, "cam-0", DeviceState(0, false));
  HearState(state_, "cam-9", DeviceState(0));
  EXPECT_EQ(Json(state_)["cameras"][0]["agent"], "cam-9");
}

TEST_F(PageStateTest, AgentsAreInTheOrderOfTheTree) {
  HearState(state_, "a-cloud", {.online = true, .tier = "cloud", .group = ""});
  HearState(state_, "an-edge",
            {.online = true, .tier = "edge", .group = "gate"});
  HearGroup(state_);
  std::vector<std::string> names;
  const auto json = Json(state_);
  for (const auto& agent : json["agents"]) names.push_back(agent["agent"]);
  EXPECT_THAT(names, ElementsAre("cam-0", "cam-1", "an-edge", "a-cloud"));
}

TEST_F(PageStateTest, GroupsAreKeptApart) {
  HearGroup(state_);
  const GroupTopics other("yard", "roof");
  state_.OnMessage({other.Config(), ConfigMessage().payload, true}, now_);
  EXPECT_THAT(state_.groups(), ElementsAre("yard/gate", "yard/roof"));
  HearResult(state_, ResultOf(17, 2, 1));
  EXPECT_EQ(Json(state_, "yard/roof")["answer"], nullptr);
  EXPECT_EQ(Json(state_, "yard/roof")["cameras"][0]["presence"], "unknown");
  EXPECT_EQ(Json(state_, "no/such")["group"], "yard/gate");
}

TEST_F(PageStateTest, ANewNetworkBeginsAnew) {
  HearGroup(state_);
  HearResult(state_, ResultOf(17, 2, 1));
  GroupConfig config;
  config.devices = 1;
  config.classes = {"a", "b", "c"};
  state_.OnMessage({topics_.Config(), EncodeGroupConfig(config), false}, now_);
  const auto json = Json(state_);
  EXPECT_EQ(json["answer"], nullptr);
  EXPECT_THAT(json["cameras"], SizeIs(1));
  EXPECT_EQ(json["totals"]["results"], 1);
}

TEST_F(PageStateTest, PicturesAreShownUntilTheyAreOldOrTheirDeviceIsGone) {
  HearGroup(state_);
  const std::string picture = Picture();
  state_.OnMessage({topics_.Preview("cam-1"), picture, false}, now_);
  EXPECT_FALSE(Json(state_)["cameras"][0].contains("preview"));
  EXPECT_EQ(Json(state_)["cameras"][1]["preview"], 1);
  now_ += seconds(2);
  EXPECT_EQ(Json(state_)["cameras"][1]["preview_age_s"], 2.0);
  EXPECT_EQ(*state_.group("yard/gate")->preview(1, now_)->jpeg, picture);
  EXPECT_EQ(state_.group("yard/gate")->preview(1, now_ + seconds(61)), nullptr);
  HearState(state_, "cam-1", DeviceState(1, false));
  EXPECT_EQ(state_.group("yard/gate")->preview(1, now_), nullptr);
}

TEST_F(PageStateTest, WhatIsNoPictureOfAKnownCameraIsRefused) {
  HearGroup(state_);
  state_.OnMessage({topics_.Preview("cam-1"), "<script>", false}, now_);
  state_.OnMessage({topics_.Preview("cam-1"), "", false}, now_);
  state_.OnMessage({topics_.Preview("cam-1"), std::string(100'000, 'x'), false},
                   now_);
  state_.OnMessage({topics_.Preview("stranger"), Picture(), false}, now_);
  EXPECT_EQ(state_.rejected(), 4U);
  EXPECT_EQ(state_.group("yard/gate")->preview(1, now_), nullptr);
}

TEST_F(PageStateTest, GarbageIsCountedAndChangesNothing) {
  HearGroup(state_);
  HearResult(state_, ResultOf(17, 2, 1));
  const auto before = Json(state_);
  const std::vector<std::string> topics{topics_.Config(),
                                        topics_.Result(),
                                        topics_.Lost(),
                                        topics_.Score("cam-0"),
                                        topics_.Preview("cam-0"),
                                        AgentTopics("yard", "cam-0").State(),
                                        "ddnn/v1/<script>/agent/x/state",
                                        std::string(60'000, '/'),
                                        ""};
  for (const std::string& topic : topics) {
    state_.OnMessage({topic, "{\"v\":1,\xff\xfe<script>", false}, now_);
  }
  EXPECT_EQ(state_.rejected(), topics.size());
  auto after = Json(state_);
  after["rejected"] = 0;
  EXPECT_EQ(after, before);
}

TEST_F(PageStateTest, OddNamesStayOneLineOfValidText) {
  GroupConfig config;
  config.devices = 2;
  config.classes = {"<script>alert(1)</script>\n", "\u202e\u0000x"};
  state_.OnMessage({topics_.Config(), EncodeGroupConfig(config), true}, now_);
  const std::string text = PageJson(state_, "\xff", {}, now_);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text)["classes"][0], config.classes[0]);
}

TEST_F(PageStateTest, NamesWithoutEndAreBounded) {
  for (int i = 0; i < 10'000; ++i) {
    AgentState its = DeviceState(0);
    its.group = "g" + std::to_string(i);
    HearState(state_, "a" + std::to_string(i), its);
    HearState(state_, "c" + std::to_string(i),
              {.online = true, .tier = "cloud", .group = ""});
  }
  EXPECT_EQ(state_.groups().size(), PageState::kMaxGroups);
  EXPECT_LE(state_.AgentsOf("yard/g0").size(), PageState::kMaxAgents);
  EXPECT_GT(state_.rejected(), 15'000U);
}

TEST_F(PageStateTest, OneGroupAloneIsShownIfTheOperatorWantsThat) {
  PageState state{{.site = "yard", .group = "gate"}};
  FakeBroker broker;
  const auto bus = broker.MakeBus("page");
  state.Subscribe(bus.get());
  bus->Start([&](const BusEvent& event) {
    if (const auto* message = std::get_if<BusMessage>(&event)) {
      state.OnMessage(*message, now_);
    }
  });
  AgentState its = DeviceState(0);
  its.group = "roof";
  for (const char* site : {"yard", "farm"}) {
    broker.Inject({AgentTopics(site, "cam-7").State(), EncodeAgentState(its)});
    broker.Inject(
        {GroupTopics(site, "roof").Config(), ConfigMessage().payload});
  }
  EXPECT_THAT(state.groups(), IsEmpty());
  broker.Inject({topics_.Config(), ConfigMessage().payload});
  EXPECT_THAT(state.groups(), ElementsAre("yard/gate"));
  EXPECT_EQ(state.rejected(), 0U);
}

}  // namespace
}  // namespace ddnn

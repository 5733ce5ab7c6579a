#include "cli/audit/group_ear.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/wire.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;

const GroupTopics kTopics("yard", "gate");

class GroupEarTest : public ::testing::Test {
 protected:
  std::optional<HeardEvent> Hear(const std::string& topic,
                                 const std::string& payload) {
    return ear_.Hear({topic, payload, false});
  }
  void HearConfig() {
    GroupConfig config;
    config.bundle_tag = bundle_.tag;
    config.devices = 2;
    config.classes = bundle_.classes;
    config.schedule = {Instant{std::chrono::seconds(1'700'000'000)}, 10, 100};
    ASSERT_TRUE(Hear(kTopics.Config(), EncodeGroupConfig(config)));
  }
  void HearDevice(const std::string& agent, int device,
                  const std::string& group = "gate", bool online = true) {
    AgentState state{.online = online, .tier = "device", .group = group};
    state.device = device;
    Hear(AgentTopics("yard", agent).State(), EncodeAgentState(state));
  }
  std::string Scores(std::vector<ObjectNumber> objects) const {
    TickScores scores{107, {}};
    for (const ObjectNumber object : objects) {
      scores.views.push_back({object, {1, 2}});
    }
    return codec_.Encode(ScoreMessage{.sequence = 1, .ticks = {scores}});
  }

  const Bundle bundle_ = TinyBundle();
  const Codec codec_{bundle_};
  GroupEar ear_{"yard", "gate"};
};

TEST_F(GroupEarTest, ScoresNameSamplesAndTheirDevice) {
  HearConfig();
  HearDevice("pi1", 1);
  for (const auto& topic : {kTopics.Score("pi1"), kTopics.Relay("pi1")}) {
    const auto event = Hear(topic, Scores({3, 5}));
    ASSERT_TRUE(event);
    const auto& scores = std::get<HeardScores>(*event);
    EXPECT_EQ(scores.device, 1);
    EXPECT_EQ(scores.mention.bundle_tag, bundle_.tag);
    EXPECT_THAT(scores.mention.ticks, ElementsAre(107U));
    EXPECT_THAT(scores.mention.samples,
                ElementsAre(SampleId{107, 3}, SampleId{107, 5}));
  }
}

TEST_F(GroupEarTest, ADeviceIsKnownAfterItsEndAndAStrangerIsNot) {
  HearConfig();
  HearDevice("pi1", 1);
  HearDevice("pi1", 1, "gate", /*online=*/false);
  HearDevice("pi9", 0, "other");
  EXPECT_EQ(
      std::get<HeardScores>(*Hear(kTopics.Score("pi1"), Scores({}))).device, 1);
  EXPECT_EQ(
      std::get<HeardScores>(*Hear(kTopics.Score("pi9"), Scores({}))).device,
      -1);
  EXPECT_EQ(ear_.online().size(), 1U);
}

TEST_F(GroupEarTest, ResultsAndLossesAreTakenAsTheyAre) {
  HearConfig();
  const SampleResult result = ResultOf(107, 3, 1);
  auto event =
      Hear(kTopics.Result(), EncodeResultJson(result, "gate", bundle_.classes));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<SampleResult>(*event).logits, result.logits);

  event = Hear(kTopics.Lost(),
               EncodeLossJson(SampleLoss{{107, 3}, LossReason::kLate}, "gate"));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<SampleLoss>(*event).reason, LossReason::kLate);

  event = Hear(kTopics.Lost(),
               EncodeLossJson(TicksUnheard{100, 106, {0, 1}}, "gate"));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<TicksUnheard>(*event).last, 106U);
}

TEST_F(GroupEarTest, TheWatermarkNeedsNoConfiguration) {
  const auto event = Hear(kTopics.Decided(), codec_.Encode(Decided{106}));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<HeardWatermark>(*event).tick, 106U);
}

TEST_F(GroupEarTest, TheLeaseTellsWhoLeads) {
  EXPECT_EQ(ear_.leader(), "");
  Hear(kTopics.Lease(), EncodeLease({"edge-a", 7, 12}));
  EXPECT_EQ(ear_.leader(), "edge-a");
  Hear(kTopics.Lease(), EncodeLease({"", 7, 13}));
  EXPECT_EQ(ear_.leader(), "");
}

TEST_F(GroupEarTest, WhatMeansNothingIsCounted) {
  EXPECT_FALSE(Hear(kTopics.Score("pi0"), Scores({3})));  // no configuration
  HearConfig();
  EXPECT_FALSE(Hear(kTopics.Score("pi0"), "garbage"));
  EXPECT_FALSE(Hear(kTopics.Result(), "{"));
  EXPECT_FALSE(Hear(kTopics.Lost(), "[]"));
  EXPECT_FALSE(Hear(kTopics.Config(), ""));
  EXPECT_FALSE(Hear(AgentTopics("yard", "pi0").State(), "x"));
  EXPECT_FALSE(Hear("somewhere/else", "x"));
  EXPECT_EQ(ear_.rejected(), 7U);
  EXPECT_TRUE(ear_.config());
}

}  // namespace
}  // namespace ddnn

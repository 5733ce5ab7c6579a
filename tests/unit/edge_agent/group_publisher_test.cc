#include "edge_agent/group_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_bundle.h"
#include "tests/unit/edge_agent/narrow_bus.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kNow{std::chrono::hours(480000)};

class GroupPublisherTest : public testing::Test {
 protected:
  static EdgeConfig Config() {
    EdgeConfig config;
    config.site = "plant";
    config.agent = "edge1";
    config.group = "yard";
    return config;
  }
  std::vector<Action> OneResultThenDecided() const {
    SampleResult result;
    result.sample = {7, 1};
    result.logits = {1, 2, 3};
    result.probabilities = {0.25, 0.25, 0.5};
    return {PublishResult{result}, PublishDecided{7}};
  }
  std::vector<std::string> Topics() const {
    std::vector<std::string> topics;
    for (const auto& message : bus_.sent) topics.push_back(message.topic);
    return topics;
  }

  const Bundle bundle_ = MakeTestBundle();
  const GroupTopics group_{"plant", "yard"};
  NarrowBus bus_;
  AgentCounters counters_;
  Backlog backlog_{&bus_, &counters_};
  EdgeMetrics metrics_{bundle_};
  GroupPublisher publisher_{Config(), bundle_, &backlog_, &counters_,
                            &metrics_};
};

TEST_F(GroupPublisherTest, WatermarkDoesNotOvertakeResults) {
  publisher_.CarryOut(OneResultThenDecided());
  publisher_.OnTime(kNow);
  bus_.room = 1;
  publisher_.OnTime(kNow);
  EXPECT_THAT(Topics(), ElementsAre(group_.Result()));
  EXPECT_FALSE(publisher_.idle());
  bus_.room = 9;
  publisher_.OnTime(kNow);
  EXPECT_THAT(Topics(), ElementsAre(group_.Result(), group_.ResultFb(),
                                    group_.Decided(), group_.Latest()));
  EXPECT_EQ(bus_.sent[2].qos, Qos::kAtLeastOnce);  // nor in the bus
  EXPECT_TRUE(publisher_.idle());
}

TEST_F(GroupPublisherTest, WhatWaitsIsTriedAgainSoon) {
  EXPECT_EQ(publisher_.NextDeadline(), std::nullopt);
  publisher_.CarryOut(OneResultThenDecided());
  publisher_.OnTime(kNow);
  ASSERT_TRUE(publisher_.NextDeadline().has_value());
  EXPECT_GT(*publisher_.NextDeadline(), kNow);
  EXPECT_LT(*publisher_.NextDeadline(), kNow + milliseconds(20));
}

TEST_F(GroupPublisherTest, EachOpeningPublishesItsTerm) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 0);
  bus_.room = 99;
  publisher_.Open(schedule, 7, schedule.first_tick + 3);
  publisher_.Reopen(8);
  const auto& log = bus_.sent;
  ASSERT_THAT(log, SizeIs(4));  // config, decided, and both again
  EXPECT_EQ(DecodeGroupConfig(log[0].payload)->term, 7U);
  EXPECT_EQ(Codec(bundle_).DecodeDecided(log[1].payload)->tick,
            schedule.first_tick + 3);
  EXPECT_EQ(DecodeGroupConfig(log[2].payload)->term, 8U);
}

TEST_F(GroupPublisherTest, WhatIsHeldWhenAnotherLeadsIsWithdrawn) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 0);
  bus_.room = 99;
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  backlog_.SetHeld(true);
  publisher_.CarryOut({PublishLoss{{{schedule.first_tick, 1}}}});
  EXPECT_FALSE(publisher_.idle());
  EXPECT_EQ(publisher_.NextDeadline(), std::nullopt);
  publisher_.Close();
  EXPECT_TRUE(publisher_.idle());
  EXPECT_EQ(counters_["answers_withdrawn"], 1U);
  backlog_.SetHeld(false);
  EXPECT_THAT(bus_.sent, SizeIs(2));  // the opening's
}

TEST_F(GroupPublisherTest, WhatComesBackGoesOutButForWhatAnOpeningSaysAnew) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 0);
  bus_.room = 99;
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  publisher_.CarryOut(OneResultThenDecided());
  publisher_.OnTime(kNow);
  publisher_.TakeBack(std::exchange(bus_.sent, {}));
  backlog_.Flush();
  EXPECT_THAT(Topics(),
              ElementsAre(group_.Result(), group_.ResultFb(), group_.Latest()));
}

TEST_F(GroupPublisherTest, WhatComesBackAfterTheCloseIsWithdrawn) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 0);
  bus_.room = 99;
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  publisher_.CarryOut(OneResultThenDecided());
  const auto results = std::exchange(bus_.sent, {});
  publisher_.Close();
  publisher_.TakeBack(results);
  EXPECT_TRUE(publisher_.idle());
  EXPECT_EQ(counters_["answers_withdrawn"], 2U);  // but for what opened it
}

TEST_F(GroupPublisherTest, RangesThatWentUnheardTravelTogether) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 0);
  bus_.room = 99;
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  const Tick first = schedule.first_tick;
  publisher_.CarryOut({PublishUnheard{{first, first + 1, {3}}}});
  publisher_.OnTime(kNow);
  publisher_.CarryOut({PublishUnheard{{first + 9, first + 9, {5}}},
                       PublishUnheard{{first + 4, first + 5, {0}}}});
  publisher_.OnTime(kNow + milliseconds(999));
  const auto sent = [&] {
    std::vector<TicksUnheard> found;
    for (const auto& message : bus_.sent) {
      if (message.topic != group_.Lost()) continue;
      found.push_back(std::get<TicksUnheard>(*DecodeLossJson(message.payload)));
    }
    return found;
  };
  ASSERT_THAT(sent(), SizeIs(1));
  publisher_.OnTime(kNow + milliseconds(1000));
  ASSERT_THAT(sent(), SizeIs(2));
  EXPECT_EQ(sent()[1].first, first + 4);
  EXPECT_EQ(sent()[1].last, first + 9);
  EXPECT_THAT(sent()[1].devices, ElementsAre(0, 5));
}

TEST_F(GroupPublisherTest, TheWatermarkDoesNotOvertakeWhatWentUnheard) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 25);
  bus_.room = 99;
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  const Tick first = schedule.first_tick;
  publisher_.CarryOut({PublishUnheard{{first, first, {3}}}});
  publisher_.OnTime(kNow);
  bus_.sent.clear();
  publisher_.CarryOut({PublishUnheard{{first + 1, first + 70, {3}}},
                       PublishDecided{first + 70}});
  publisher_.OnTime(kNow + milliseconds(10));
  EXPECT_THAT(Topics(), ElementsAre(group_.Lost(), group_.Decided()));
}

TEST_F(GroupPublisherTest, AWatermarkThatWasHeldGoesOutAfterwards) {
  const TickSchedule schedule = TickSchedule::StartingAt(kNow, 0);
  bus_.room = 99;
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  bus_.sent.clear();
  backlog_.SetHeld(true);
  publisher_.CarryOut({PublishDecided{schedule.first_tick}});
  publisher_.OnTime(kNow);
  EXPECT_EQ(publisher_.NextDeadline(), std::nullopt);
  EXPECT_FALSE(publisher_.idle());
  backlog_.SetHeld(false);
  publisher_.OnTime(kNow);
  EXPECT_THAT(Topics(), ElementsAre(group_.Decided()));
}

TEST_F(GroupPublisherTest, AClockThatWasSetBackHoldsNothingUp) {
  bus_.room = 99;
  publisher_.CarryOut(OneResultThenDecided());
  publisher_.OnTime(kNow);
  publisher_.CarryOut(OneResultThenDecided());
  constexpr std::chrono::hours kHour{1};
  publisher_.OnTime(kNow - kHour);
  publisher_.OnTime(kNow - kHour + std::chrono::seconds(1));
  EXPECT_TRUE(publisher_.idle());
}

TEST_F(GroupPublisherTest, FinishedPublisherDoesNotHoldLatestBack) {
  bus_.room = 99;
  publisher_.CarryOut(OneResultThenDecided());
  publisher_.OnTime(kNow);
  publisher_.CarryOut(OneResultThenDecided());
  publisher_.OnTime(kNow);
  EXPECT_FALSE(publisher_.idle());
  publisher_.Finish();
  publisher_.OnTime(kNow);
  EXPECT_TRUE(publisher_.idle());
}

TEST_F(GroupPublisherTest, RequestsOfABatchTravelTogether) {
  bus_.room = 99;
  EdgeConfig config = Config();
  config.batch_ms = 100;
  GroupPublisher publisher(config, bundle_, &backlog_, &counters_, &metrics_);
  publisher.CarryOut({AskForMaps{{{7, 1}}}});
  publisher.OnTime(kNow);
  publisher.CarryOut({AskForMaps{{{8, 0}, {8, 2}}}});
  publisher.OnTime(kNow + milliseconds(99));
  EXPECT_THAT(bus_.sent, IsEmpty());
  EXPECT_EQ(publisher.NextDeadline(), kNow + milliseconds(100));
  publisher.OnTime(kNow + milliseconds(100));
  ASSERT_THAT(Topics(), ElementsAre(group_.Request()));
  const auto request = Codec(bundle_).DecodeRequest(bus_.sent[0].payload);
  ASSERT_TRUE(request.ok());
  EXPECT_THAT(request->wanted,
              ElementsAre(SampleId{7, 1}, SampleId{8, 0}, SampleId{8, 2}));
  EXPECT_EQ(publisher.NextDeadline(), std::nullopt);
}

TEST_F(GroupPublisherTest, ARequestIsCutWhereItIsFull) {
  bus_.room = 99;
  EdgeConfig config = Config();
  config.batch_ms = 100;
  GroupPublisher publisher(config, bundle_, &backlog_, &counters_, &metrics_);
  std::vector<SampleId> wanted;
  for (ObjectNumber i = 0; i < 1000; ++i) wanted.push_back({7, i});
  publisher.CarryOut({AskForMaps{wanted}});
  EXPECT_THAT(bus_.sent, IsEmpty());
  publisher.CarryOut({AskForMaps{wanted}});
  EXPECT_THAT(bus_.sent, testing::SizeIs(1));  // 1024 of 2000, before its time
  publisher.OnTime(kNow);
  publisher.OnTime(kNow + milliseconds(100));
  EXPECT_THAT(bus_.sent, testing::SizeIs(2));
}

TEST_F(GroupPublisherTest, RequestsToBranchesTravelTogetherToo) {
  bus_.room = 99;
  EdgeConfig config = Config();
  config.batch_ms = 100;
  GroupPublisher publisher(config, bundle_, &backlog_, &counters_, &metrics_);
  publisher.CarryOut({AskForEdgeMaps{{{7, 1}}}, AskForEdgeMaps{{{8, 1}}}});
  publisher.OnTime(kNow);
  EXPECT_THAT(bus_.sent, IsEmpty());
  publisher.OnTime(kNow + milliseconds(100));
  EXPECT_THAT(Topics(), ElementsAre(group_.EdgeRequest()));
}

TEST_F(GroupPublisherTest, AFastGroupsWatermarkKeepsAheadOfTheRings) {
  bus_.room = 99;
  const auto schedule = TickSchedule::StartingAt(kNow, 1000);
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  bus_.sent.clear();
  publisher_.CarryOut({PublishDecided{schedule.first_tick}});
  publisher_.OnTime(kNow);
  publisher_.CarryOut({PublishDecided{schedule.first_tick + 63}});
  publisher_.OnTime(kNow + milliseconds(64));
  EXPECT_THAT(Topics(), ElementsAre(group_.Decided()));
  publisher_.CarryOut({PublishDecided{schedule.first_tick + 64}});
  publisher_.OnTime(kNow + milliseconds(65));
  EXPECT_THAT(Topics(), ElementsAre(group_.Decided(), group_.Decided()));
}

TEST_F(GroupPublisherTest, APacedGroupsWatermarkGoesOutOnceASecond) {
  bus_.room = 99;
  const auto schedule = TickSchedule::StartingAt(kNow, 25);
  publisher_.Open(schedule, 1, schedule.first_tick - 1);
  bus_.sent.clear();
  const Tick first = schedule.first_tick;
  publisher_.CarryOut({PublishDecided{first}});
  publisher_.OnTime(kNow);
  publisher_.CarryOut({PublishDecided{first + 1}});
  publisher_.OnTime(kNow + milliseconds(999));
  EXPECT_THAT(Topics(), ElementsAre(group_.Decided()));
  EXPECT_EQ(publisher_.NextDeadline(), kNow + milliseconds(1000));
  EXPECT_FALSE(publisher_.idle());
  publisher_.OnTime(kNow + milliseconds(1000));
  EXPECT_THAT(Topics(), ElementsAre(group_.Decided(), group_.Decided()));
  publisher_.CarryOut({PublishDecided{first + 2}});
  publisher_.Finish();
  publisher_.OnTime(kNow + milliseconds(1001));
  EXPECT_TRUE(publisher_.idle());
}

}  // namespace
}  // namespace ddnn

#include "edge_agent/group_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_bundle.h"
#include "tests/unit/edge_agent/narrow_bus.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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

TEST_F(GroupPublisherTest, NothingIsPublishedAgainBeforeTheOpening) {
  bus_.room = 9;
  publisher_.Reopen();
  EXPECT_THAT(bus_.sent, IsEmpty());
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
  publisher_.Open(schedule);
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
  publisher_.Open(schedule);
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

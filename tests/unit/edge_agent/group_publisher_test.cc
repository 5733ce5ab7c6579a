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

}  // namespace
}  // namespace ddnn

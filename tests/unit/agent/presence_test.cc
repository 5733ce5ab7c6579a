#include "core/agent/presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/telemetry/counter_table.h"

namespace ddnn {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kStart{std::chrono::hours(480000)};
constexpr auto kPeriod = InfoPacer::kPeriod;

class PresenceTest : public testing::Test {
 protected:
  PresenceTest()
      : bus_(broker_.MakeBus("a")),
        metrics_({}, BusCounters({}, {})),
        presence_({"s", "a"},
                  {.tier = "device", .group = "g", .device = 2, .boot = 7},
                  bus_.get(), &metrics_, [this](OutgoingMessage message) {
                    sent_.push_back(std::move(message));
                  }) {
    metrics_.address = "127.0.0.1:9100";
  }

  std::vector<std::string> TopicsSent() {
    std::vector<std::string> topics;
    for (const auto& message : sent_) topics.push_back(message.topic);
    sent_.clear();
    return topics;
  }

  const std::string state_ = AgentTopics("s", "a").State();
  const std::string info_ = AgentTopics("s", "a").Info();
  FakeBroker broker_;
  std::unique_ptr<Bus> bus_;
  AgentMetrics metrics_;
  std::vector<OutgoingMessage> sent_;
  Presence presence_;
};

TEST_F(PresenceTest, StateTellsWhatTheAgentIsAndIsRetained) {
  presence_.SetCameraUp(false);
  presence_.OnConnected();
  ASSERT_THAT(sent_, SizeIs(1));
  EXPECT_TRUE(sent_[0].retain);
  const auto state = DecodeAgentState(sent_[0].payload);
  ASSERT_TRUE(state.ok());
  EXPECT_TRUE(state->online);
  EXPECT_EQ(state->tier, "device");
  EXPECT_EQ(state->group, "g");
  EXPECT_EQ(state->boot, 7U);
  EXPECT_FALSE(state->camera_up);
  EXPECT_EQ(state->metrics, "127.0.0.1:9100");
}

TEST_F(PresenceTest, WillSaysThatTheAgentIsGone) {
  bus_->Start([](const BusEvent&) {});
  broker_.Cut("a");
  ASSERT_THAT(broker_.log(), SizeIs(1));
  EXPECT_EQ(broker_.log()[0].topic, state_);
  const auto state = DecodeAgentState(broker_.log()[0].payload);
  ASSERT_TRUE(state.ok());
  EXPECT_FALSE(state->online);
  EXPECT_EQ(state->boot, 7U);
  EXPECT_EQ(state->metrics, "");
}

TEST_F(PresenceTest, CountersAreTakenOncePerPeriodAndOnlyWhenTheyMoved) {
  presence_.OnConnected();
  presence_.Reject(MessageKind::kScore, "oversized");
  presence_.OnEvent();
  EXPECT_EQ(presence_.NextDeadline(), Instant{});
  presence_.OnTime(kStart);
  EXPECT_THAT(TopicsSent(), ElementsAre(state_, info_));
  EXPECT_EQ(presence_.NextDeadline(), std::nullopt);

  presence_.Reject(MessageKind::kScore, "oversized");
  presence_.OnEvent();
  presence_.OnTime(kStart + kPeriod - seconds(1));
  EXPECT_THAT(TopicsSent(), IsEmpty());
  EXPECT_EQ(presence_.NextDeadline(), kStart + kPeriod);
  presence_.OnTime(kStart + kPeriod);
  EXPECT_THAT(TopicsSent(), ElementsAre(info_));
}

TEST_F(PresenceTest, CountersWaitForTheConnectionAndComeAgainWithTheNext) {
  presence_.Reject(MessageKind::kScore, "oversized");
  presence_.OnEvent();
  presence_.OnTime(kStart);
  EXPECT_THAT(TopicsSent(), IsEmpty());
  EXPECT_EQ(presence_.NextDeadline(), std::nullopt);
  presence_.OnConnected();
  presence_.OnTime(kStart);
  EXPECT_THAT(TopicsSent(), ElementsAre(state_, info_));
  presence_.OnDisconnected({.reason = "gone"});
  presence_.OnConnected();
  presence_.OnEvent();
  EXPECT_THAT(TopicsSent(), ElementsAre(state_));
  presence_.OnTime(kStart + kPeriod);  // the same counters
  EXPECT_THAT(TopicsSent(), ElementsAre(info_));
}

TEST_F(PresenceTest, LastCountersAreThoseOfTheEnd) {
  presence_.OnConnected();
  presence_.OnEvent();
  presence_.OnTime(kStart);
  TopicsSent();
  EXPECT_EQ(presence_.CountRejected(MessageKind::kScore, "oversized"), 0U);
  EXPECT_EQ(presence_.CountRejected(MessageKind::kScore, "oversized"), 1U);
  presence_.Finish();
  ASSERT_THAT(sent_, SizeIs(1));
  const auto counters = DecodeAgentInfo(sent_[0].payload);
  ASSERT_TRUE(counters.ok());
  EXPECT_EQ(counters->at(RejectedCounter(MessageKind::kScore, "oversized")),
            2U);
}

TEST_F(PresenceTest, OnlyAFinalEndIsGivenUpOn) {
  presence_.OnDisconnected({.reason = "the connection broke"});
  EXPECT_FALSE(presence_.gave_up());
  presence_.OnDisconnected(
      {.reason = "no", .final = true, .error = Error::kRefused});
  ASSERT_TRUE(presence_.gave_up());
  EXPECT_EQ(presence_.gave_up()->error, Error::kRefused);
  EXPECT_EQ(presence_.gave_up()->message, "no");
}

}  // namespace
}  // namespace ddnn

#include "edge_agent/backlog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/edge_agent/narrow_bus.h"

namespace ddnn {
namespace {

using testing::ElementsAre;

OutgoingMessage Message(std::string payload, Qos qos = Qos::kAtLeastOnce) {
  return {.topic = "t", .payload = std::move(payload), .qos = qos};
}

class BacklogTest : public testing::Test {
 protected:
  std::vector<std::string> Sent() const {
    std::vector<std::string> payloads;
    for (const auto& message : bus_.sent) payloads.push_back(message.payload);
    return payloads;
  }

  NarrowBus bus_;
  AgentCounters counters_;
  Backlog backlog_{&bus_, &counters_};
};

TEST_F(BacklogTest, KeepsQosOneInOrder) {
  bus_.room = 1;
  for (const char* payload : {"a", "b", "c"}) backlog_.Send(Message(payload));
  EXPECT_FALSE(backlog_.empty());
  bus_.room = 9;
  backlog_.Send(Message("d"));
  EXPECT_THAT(Sent(), ElementsAre("a", "b", "c", "d"));
  EXPECT_TRUE(backlog_.empty());
  EXPECT_EQ(backlog_.payload_bytes(), 0U);
  EXPECT_TRUE(counters_.empty());
}

TEST_F(BacklogTest, FlushSendsWhatIsKept) {
  backlog_.Send(Message("a"));
  bus_.room = 1;
  backlog_.Flush();
  EXPECT_THAT(Sent(), ElementsAre("a"));
}

TEST_F(BacklogTest, QosZeroIsNotKept) {
  backlog_.Send(Message("a", Qos::kAtMostOnce));
  EXPECT_TRUE(backlog_.empty());
  EXPECT_EQ(counters_["unsent_queue_full"], 1U);
}

TEST_F(BacklogTest, IsBounded) {
  for (std::size_t i = 0; i < Backlog::kCapacity + 3; ++i) {
    backlog_.Send(Message("a"));
  }
  EXPECT_EQ(counters_["unsent_queue_full"], 3U);
}

TEST_F(BacklogTest, WhatComesBackGoesBeforeWhatIsKept) {
  for (const char* payload : {"c", "d"}) backlog_.Send(Message(payload));
  backlog_.TakeBack({Message("a"), Message("b")});
  EXPECT_EQ(backlog_.size(), 4U);
  EXPECT_EQ(backlog_.payload_bytes(), 4U);
  bus_.room = 9;
  backlog_.Flush();
  EXPECT_THAT(Sent(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(BacklogTest, WhereTooMuchComesBackTheNewestIsGivenUp) {
  for (std::size_t i = 0; i < Backlog::kCapacity; ++i) {
    backlog_.Send(Message("new"));
  }
  backlog_.TakeBack({Message("old"), Message("old")});
  EXPECT_EQ(counters_["unsent_queue_full"], 2U);
  EXPECT_EQ(backlog_.payload_bytes(), 3 * Backlog::kCapacity);
  EXPECT_EQ(backlog_.Clear(), Backlog::kCapacity);
  EXPECT_EQ(backlog_.payload_bytes(), 0U);
}

TEST_F(BacklogTest, AllGoesOutInTheNewestConnectionAlone) {
  backlog_.BindTo(1);
  backlog_.Send(Message("a"));
  backlog_.BindTo(2);
  bus_.room = 9;
  backlog_.Flush();
  backlog_.Send(Message("b", Qos::kAtMostOnce));
  ASSERT_THAT(Sent(), ElementsAre("a", "b"));
  EXPECT_EQ(bus_.sent[0].connection, 2U);
  EXPECT_EQ(bus_.sent[1].connection, 2U);
}

TEST_F(BacklogTest, WhatCanNeverBeSentIsGivenUp) {
  backlog_.Send(Message(std::string(NarrowBus::kLargest + 1, 'x')));
  EXPECT_TRUE(backlog_.empty());
  EXPECT_EQ(counters_["unsent_oversized"], 1U);
}

}  // namespace
}  // namespace ddnn

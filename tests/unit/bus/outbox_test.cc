#include "core/bus/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ddnn {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Outbox::TimePoint kStart{};

OutgoingMessage Numbered(int number) {
  return {.topic = "x",
          .payload = std::to_string(number),
          .qos = Qos::kAtLeastOnce};
}

/// An outbox with messages 0 to n - 1 waiting.
Outbox With(int n, std::size_t capacity = 100) {
  Outbox outbox(capacity);
  for (int i = 0; i < n; ++i) EXPECT_TRUE(outbox.Push(Numbered(i), kStart));
  return outbox;
}

std::string NextPayload(Outbox* outbox) {
  const auto item = outbox->Next(kStart);
  return item ? item->message->payload : "none";
}

TEST(OutboxTest, NothingGoesOutWithoutAConnection) {
  Outbox outbox = With(1);
  EXPECT_EQ(NextPayload(&outbox), "none");
  EXPECT_FALSE(outbox.empty());
}

TEST(OutboxTest, WindowHoldsBackUntilTheBrokerAnswers) {
  Outbox outbox = With(3);
  outbox.Reset(2);
  const auto first = outbox.Next(kStart);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->message->payload, "0");
  EXPECT_EQ(NextPayload(&outbox), "1");
  EXPECT_EQ(NextPayload(&outbox), "none");
  outbox.Acknowledge(first->id);
  EXPECT_EQ(NextPayload(&outbox), "2");
}

TEST(OutboxTest, CapacityCountsWhatIsInFlight) {
  Outbox outbox = With(2, 2);
  outbox.Reset(2);
  const auto first = outbox.Next(kStart);
  EXPECT_FALSE(outbox.Push(Numbered(2), kStart));
  outbox.Acknowledge(first->id);
  EXPECT_TRUE(outbox.Push(Numbered(2), kStart));
}

TEST(OutboxTest, WhatWasInFlightGoesFirstInItsOldOrderAfterABreak) {
  Outbox outbox = With(3);
  outbox.Reset(2);
  EXPECT_EQ(NextPayload(&outbox), "0");
  EXPECT_EQ(NextPayload(&outbox), "1");
  outbox.Reset(0);
  EXPECT_TRUE(outbox.Push(Numbered(3), kStart));
  outbox.Reset(4);
  for (const auto* expected : {"0", "1", "2", "3"}) {
    EXPECT_EQ(NextPayload(&outbox), expected);
  }
}

TEST(OutboxTest, ReturnedMessageGoesFirst) {
  Outbox outbox = With(2);
  outbox.Reset(1);
  outbox.Return(outbox.Next(kStart)->id);
  EXPECT_EQ(NextPayload(&outbox), "0");
}

TEST(OutboxTest, UnknownAcknowledgementChangesNothing) {
  Outbox outbox = With(1);
  outbox.Acknowledge(99);
  outbox.Return(99);
  EXPECT_EQ(outbox.size(), 1U);
}

/// Of connection 1 alone.
OutgoingMessage Bound(int number) {
  OutgoingMessage message = Numbered(number);
  message.connection = 1;
  return message;
}

std::vector<std::string> TakenBack(Outbox* outbox, seconds after) {
  std::vector<std::string> payloads;
  for (const auto& message : outbox->TakeBack(kStart + after)) {
    payloads.push_back(message.payload);
  }
  return payloads;
}

TEST(OutboxTest, WhatIsOfOneConnectionLeavesWithItInItsOrder) {
  Outbox outbox = With(1);
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(outbox.Push(Bound(i), kStart));
  ASSERT_TRUE(outbox.Push(Numbered(5), kStart));
  outbox.Reset(3);
  NextPayload(&outbox);
  const auto first = outbox.Next(kStart);
  NextPayload(&outbox);
  outbox.Acknowledge(first->id);
  EXPECT_THAT(TakenBack(&outbox, seconds(0)), ElementsAre("2", "3", "4"));
  EXPECT_EQ(outbox.payload_bytes(), 2U);
  EXPECT_THAT(TakenBack(&outbox, seconds(0)), IsEmpty());
  outbox.Reset(3);
  EXPECT_EQ(NextPayload(&outbox), "0");
  EXPECT_EQ(NextPayload(&outbox), "5");
  EXPECT_EQ(NextPayload(&outbox), "none");
}

TEST(OutboxTest, WhatLeavesKeepsWhatIsLeftOfItsTime) {
  Outbox outbox(10);
  OutgoingMessage message = Bound(0);
  message.expiry = seconds(10);
  ASSERT_TRUE(outbox.Push(message, kStart));
  ASSERT_TRUE(outbox.Push(message, kStart + seconds(3)));
  const auto taken = outbox.TakeBack(kStart + seconds(10));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].expiry, seconds(3));
  EXPECT_EQ(outbox.expired(), 1U);
  EXPECT_TRUE(outbox.empty());
}

TEST(OutboxTest, WaitingCountsAgainstTheExpiry) {
  Outbox outbox(10);
  outbox.Reset(10);
  OutgoingMessage message = Numbered(0);
  message.expiry = seconds(10);
  ASSERT_TRUE(outbox.Push(message, kStart));
  ASSERT_TRUE(outbox.Push(message, kStart + seconds(3)));
  ASSERT_TRUE(outbox.Push(Numbered(1), kStart));  // never expires
  const auto item = outbox.Next(kStart + seconds(10));
  ASSERT_TRUE(item);
  EXPECT_EQ(item->message->expiry, seconds(3));
  EXPECT_EQ(outbox.expired(), 1U);
  EXPECT_EQ(NextPayload(&outbox), "1");
}

}  // namespace
}  // namespace ddnn

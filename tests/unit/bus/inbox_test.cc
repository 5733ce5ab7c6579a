#include "core/bus/inbox.h"

#include <gtest/gtest.h>

#include <string>

namespace ddnn {
namespace {

const auto kNow = std::chrono::steady_clock::time_point{};
constexpr Instant kCame{milliseconds(7)};

BusMessage Message(std::size_t bytes = 1) {
  return {.topic = "t", .payload = std::string(bytes, 'x')};
}

template <typename Event>
bool Is(const std::optional<Arrival>& arrival) {
  return arrival && std::holds_alternative<Event>(arrival->event);
}

TEST(InboxTest, HandsOutInOrder) {
  Inbox inbox(4);
  inbox.Push(BusConnected{});
  inbox.Push(Message(), kCame);
  EXPECT_TRUE(Is<BusConnected>(inbox.PopUntil(kNow)));
  const auto second = inbox.PopUntil(kNow);
  ASSERT_TRUE(Is<BusMessage>(second));
  EXPECT_EQ(second->at, kCame);
  EXPECT_FALSE(inbox.PopUntil(kNow).has_value());
}

TEST(InboxTest, MessagesBeyondTheCapacityAreDropped) {
  Inbox inbox(2);
  for (int i = 0; i < 5; ++i) inbox.Push(Message());
  EXPECT_EQ(inbox.dropped(), 3U);
  EXPECT_TRUE(inbox.PopUntil(kNow).has_value());
  inbox.Push(Message());
  EXPECT_EQ(inbox.dropped(), 3U);
}

TEST(InboxTest, BytesAreBoundedToo) {
  Inbox inbox(1000);
  const std::size_t big = InboxBounds::kMaxBytes / 4;
  for (int i = 0; i < 5; ++i) inbox.Push(Message(big));
  EXPECT_EQ(inbox.dropped(), 2U);
  inbox.PopUntil(kNow);
  inbox.Push(Message(big));
  EXPECT_EQ(inbox.dropped(), 2U);
}

TEST(InboxTest, NewsOfTheConnectionAlwaysFits) {
  Inbox inbox(1);
  inbox.Push(Message());
  inbox.Push(BusDisconnected{.reason = "x"});
  inbox.Push(BusConnected{});
  inbox.PopUntil(kNow);
  EXPECT_TRUE(Is<BusDisconnected>(inbox.PopUntil(kNow)));
  EXPECT_TRUE(Is<BusConnected>(inbox.PopUntil(kNow)));
}

TEST(InboxTest, ClosedInboxIsWorkedOff) {
  Inbox inbox(4);
  inbox.Push(Message());
  inbox.Close();
  inbox.Push(Message());
  EXPECT_TRUE(inbox.PopUntil(kNow).has_value());
  EXPECT_FALSE(inbox.PopUntil(kNow).has_value());
  EXPECT_TRUE(inbox.closed());
}

}  // namespace
}  // namespace ddnn

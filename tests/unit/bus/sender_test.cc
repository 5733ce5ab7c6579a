#include "core/bus/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ddnn {
namespace {

using ::testing::ElementsAre;

/// Keeps what it is given, as "topic=payload", the topic "@n" where only its
/// alias n goes out; fails while `failing`.
struct FakeLink {
  Sender::Link Link() {
    return [this](const OutgoingMessage& message, AliasUse use,
                  std::uint64_t id) -> Status {
      if (failing) return Error::kQueueFull;
      sent.push_back(
          (use.named ? message.topic : "@" + std::to_string(use.alias)) + "=" +
          message.payload);
      ids.push_back(id);
      return Done{};
    };
  }
  bool failing = false;
  std::vector<std::string> sent;
  std::vector<std::uint64_t> ids;
};

OutgoingMessage Text(std::string payload, Qos qos = Qos::kAtMostOnce) {
  return {.topic = "x", .payload = std::move(payload), .qos = qos};
}

TEST(SenderTest, OfflineQosZeroIsRefused) {
  Sender sender;
  EXPECT_EQ(sender.Take(Text("0")).error(), Error::kNotConnected);
  EXPECT_TRUE(sender.idle());
}

TEST(SenderTest, WhatIsNotAcknowledgedIsInTheQueue) {
  Sender sender;
  FakeLink link;
  ASSERT_TRUE(sender.Take(Text("123", Qos::kAtLeastOnce)));
  sender.Open(link.Link(), {});
  sender.Pump();
  ASSERT_TRUE(sender.Take(Text("45", Qos::kAtLeastOnce)));
  EXPECT_EQ(sender.stats().queue_messages, 2U);
  EXPECT_EQ(sender.stats().queue_bytes, 5U);
  sender.Acknowledge(link.ids.front(), true);
  EXPECT_EQ(sender.stats().queue_messages, 1U);
  EXPECT_EQ(sender.stats().queue_bytes, 2U);
}

TEST(SenderTest, OfflineQosOneGoesOutBeforeNewerOnes) {
  Sender sender;
  FakeLink link;
  ASSERT_TRUE(sender.Take(Text("old", Qos::kAtLeastOnce)));
  sender.Open(link.Link(), {});
  ASSERT_TRUE(sender.Take(Text("new", Qos::kAtLeastOnce)));
  EXPECT_THAT(link.sent, ElementsAre("x=old", "x=new"));
}

OutgoingMessage In(std::uint32_t connection, std::string payload,
                   Qos qos = Qos::kAtLeastOnce) {
  OutgoingMessage message = Text(std::move(payload), qos);
  message.connection = connection;
  return message;
}

TEST(SenderTest, WhatIsOfAnotherConnectionIsRefused) {
  Sender sender;
  FakeLink link;
  EXPECT_EQ(sender.Take(In(1, "early")).error(), Error::kNotConnected);
  ASSERT_EQ(sender.Open(link.Link(), {}), 1U);
  EXPECT_TRUE(sender.Take(In(1, "a")));
  EXPECT_TRUE(sender.Take(In(1, "b", Qos::kAtMostOnce)));
  sender.Close();
  EXPECT_EQ(sender.Take(In(1, "late")).error(), Error::kNotConnected);
  ASSERT_EQ(sender.Open(link.Link(), {}), 2U);
  EXPECT_EQ(sender.Take(In(1, "later")).error(), Error::kNotConnected);
  EXPECT_EQ(sender.Take(In(1, "later", Qos::kAtMostOnce)).error(),
            Error::kNotConnected);
  EXPECT_TRUE(sender.Take(In(2, "c")));
}

TEST(SenderTest, WhatIsOfOneConnectionIsTakenBackAtItsEnd) {
  Sender sender;
  FakeLink link;
  sender.Open(link.Link(), {.receive_maximum = 2});
  for (const auto* payload : {"1", "2", "3"}) {
    ASSERT_TRUE(sender.Take(In(1, payload)));
  }
  ASSERT_TRUE(sender.Take(Text("any", Qos::kAtLeastOnce)));
  sender.Close();
  sender.Acknowledge(link.ids.front(), true);  // it was on its way
  const auto unsent = sender.TakeBack();
  ASSERT_EQ(unsent.size(), 2U);
  EXPECT_EQ(unsent[0].payload, "2");
  EXPECT_EQ(unsent[1].payload, "3");
  EXPECT_EQ(sender.stats().queue_messages, 1U);
  link.sent.clear();
  sender.Open(link.Link(), {});
  sender.Pump();
  EXPECT_THAT(link.sent, ElementsAre("x=any"));
}

TEST(SenderTest, WindowIsTwentyOrTheBrokersReceiveMaximum) {
  for (const std::size_t maximum : {std::size_t{5}, std::size_t{100}}) {
    Sender sender;
    FakeLink link;
    sender.Open(link.Link(), {.receive_maximum = maximum});
    for (int i = 0; i < 30; ++i) {
      ASSERT_TRUE(sender.Take(Text("1", Qos::kAtLeastOnce)));
    }
    EXPECT_EQ(link.sent.size(), std::min<std::size_t>(maximum, 20));
    sender.Acknowledge(link.ids.front(), true);
    sender.Pump();
    EXPECT_EQ(link.sent.size(), std::min<std::size_t>(maximum, 20) + 1);
  }
}

TEST(SenderTest, MessageThatTheLinkRefusesIsTriedAgain) {
  Sender sender;
  FakeLink link;
  sender.Open(link.Link(), {});
  link.failing = true;
  ASSERT_TRUE(sender.Take(Text("1", Qos::kAtLeastOnce)));
  EXPECT_EQ(sender.Take(Text("2")).error(), Error::kQueueFull);
  link.failing = false;
  sender.Pump();
  EXPECT_THAT(link.sent, ElementsAre("x=1"));
}

TEST(SenderTest, AliasIsNamedUntilItsFirstMessageGoesOut) {
  Sender sender;
  FakeLink link;
  OutgoingMessage message = Text("1");
  message.alias = true;
  sender.Open(link.Link(), {.topic_aliases = 10});
  link.failing = true;
  EXPECT_FALSE(sender.Take(message));
  link.failing = false;
  EXPECT_TRUE(sender.Take(message));
  EXPECT_TRUE(sender.Take(message));
  sender.Close();
  sender.Open(link.Link(), {.topic_aliases = 10});
  EXPECT_TRUE(sender.Take(message));
  EXPECT_THAT(link.sent, ElementsAre("x=1", "@1=1", "x=1"));
}

TEST(SenderTest, RefusalByTheBrokerIsCountedAndNotSentAgain) {
  Sender sender;
  FakeLink link;
  sender.Open(link.Link(), {});
  ASSERT_TRUE(sender.Take(Text("1", Qos::kAtLeastOnce)));
  sender.Acknowledge(link.ids.front(), false);
  EXPECT_TRUE(sender.idle());
  EXPECT_EQ(sender.stats().refused, 1U);
}

TEST(SenderTest, BrokersPacketLimitHolds) {
  Sender sender;
  FakeLink link;
  sender.Open(link.Link(), {.packet_bytes = 100});
  EXPECT_TRUE(sender.Take(Text(std::string(90, 'x'))));
  EXPECT_EQ(sender.Take(Text(std::string(100, 'x'))).error(),
            Error::kOversized);
}

TEST(SenderTest, BytesOfAllPacketsAreCounted) {
  Sender sender;
  FakeLink link;
  sender.Open(link.Link(), {});
  const auto first = sender.Take(Text("123456789012"));
  const auto second = sender.Take(Text("123456789012", Qos::kAtLeastOnce));
  ASSERT_TRUE(first && second);
  sender.Close();
  sender.Open(link.Link(), {});
  sender.Pump();  // the second again
  const BusStats stats = sender.stats();
  const Traffic& sent = stats.sent[MessageKind::kOther];
  EXPECT_EQ(sent.messages, 3U);
  EXPECT_EQ(sent.payload_bytes, 36U);
  EXPECT_EQ(sent.mqtt_bytes, *first + 2 * *second);
}

}  // namespace
}  // namespace ddnn

#include "core/bus/fake_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ddnn {
namespace {

using ::testing::ElementsAre;

/// A bus that notes what it hears: "+" connected, "-" disconnected
/// (and what comes back unsent), "topic=payload" a message, "!topic=payload" a
/// retained one.
struct Listener {
  Listener(FakeBroker* broker, const std::string& id,
           std::vector<std::string> filters = {})
      : bus(broker->MakeBus(id)) {
    for (auto& filter : filters) bus->Subscribe(std::move(filter), {});
  }
  void Start() {
    bus->Start([this](BusEvent event) {
      if (const auto* message = std::get_if<BusMessage>(&event)) {
        heard.push_back((message->retained ? "!" : "") + message->topic + "=" +
                        message->payload);
      } else if (const auto* end = std::get_if<BusDisconnected>(&event)) {
        heard.emplace_back("-");
        for (const auto& back : end->unsent) heard.back() += back.payload;
      } else {
        heard.emplace_back("+");
        connection = std::get<BusConnected>(event).connection;
      }
    });
  }
  std::unique_ptr<Bus> bus;
  std::vector<std::string> heard;
  std::uint32_t connection = 0;
};

OutgoingMessage Text(std::string topic, std::string payload) {
  return {.topic = std::move(topic), .payload = std::move(payload)};
}
OutgoingMessage Retained(std::string topic, std::string payload) {
  return {.topic = std::move(topic),
          .payload = std::move(payload),
          .qos = Qos::kAtLeastOnce,
          .retain = true};
}

TEST(FakeBusTest, SubscriberHearsWhatMatchesItsFilters) {
  FakeBroker broker;
  Listener a(&broker, "a", {"x/+/z", "deep/#", "same"});
  a.Start();
  for (const auto* topic :
       {"x/y/z", "x/y", "x/y/z/w", "deep", "deep/1/2", "same", "other"}) {
    broker.Inject(Text(topic, "1"));
  }
  EXPECT_THAT(a.heard,
              ElementsAre("+", "x/y/z=1", "deep=1", "deep/1/2=1", "same=1"));
  EXPECT_EQ(broker.log().size(), 7U);
}

TEST(FakeBusTest, OverlappingFiltersDeliverOnce) {
  FakeBroker broker;
  Listener a(&broker, "a", {"x/#", "x/y"});
  a.Start();
  broker.Inject(Text("x/y", "1"));
  EXPECT_THAT(a.heard, ElementsAre("+", "x/y=1"));
}

TEST(FakeBusTest, RetainedMessageWaitsForLateSubscribers) {
  FakeBroker broker;
  broker.Inject(Retained("state", "old"));
  broker.Inject(Retained("state", "new"));
  broker.Inject(Retained("gone", "1"));
  broker.Inject(Retained("gone", ""));
  Listener a(&broker, "a", {"#"});
  a.Start();
  broker.Inject(Retained("state", "live"));
  EXPECT_THAT(a.heard, ElementsAre("+", "!state=new", "state=live"));
}

TEST(FakeBusTest, SharedSubscriptionServesItsMembersInTurn) {
  FakeBroker broker;
  Listener a(&broker, "a", {"$share/workers/ask/+"});
  Listener b(&broker, "b", {"$share/workers/ask/+"});
  Listener watcher(&broker, "watcher", {"ask/+"});
  a.Start();
  b.Start();
  watcher.Start();
  broker.Inject(Text("ask/e", "1"));
  broker.Inject(Text("ask/e", "2"));
  broker.Cut("b");
  broker.Inject(Text("ask/e", "3"));
  EXPECT_THAT(a.heard, ElementsAre("+", "ask/e=1", "ask/e=3"));
  EXPECT_THAT(b.heard, ElementsAre("+", "ask/e=2", "-"));
  EXPECT_THAT(watcher.heard, ElementsAre("+", "ask/e=1", "ask/e=2", "ask/e=3"));
}

TEST(FakeBusTest, CutPublishesTheWillAndSilencesTheClient) {
  FakeBroker broker;
  Listener a(&broker, "a", {"#"});
  Listener b(&broker, "b", {"#"});
  a.bus->SetWill(Retained("state/a", "offline"));
  a.Start();
  b.Start();
  broker.Cut("a");
  broker.Inject(Text("x", "1"));
  EXPECT_THAT(a.heard, ElementsAre("+", "-"));
  EXPECT_THAT(b.heard, ElementsAre("+", "state/a=offline", "x=1"));
}

TEST(FakeBusTest, StopPublishesTheWillAndEndsTheEvents) {
  FakeBroker broker;
  Listener a(&broker, "a", {"#"});
  Listener b(&broker, "b", {"#"});
  a.bus->SetWill(Retained("state/a", "offline"));
  a.Start();
  b.Start();
  a.bus->Stop();
  broker.Inject(Text("x", "1"));
  EXPECT_THAT(a.heard, ElementsAre("+"));
  EXPECT_THAT(b.heard, ElementsAre("+", "state/a=offline", "x=1"));
  EXPECT_EQ(a.bus->Publish(Text("x", "2")).error(), Error::kNotConnected);
}

TEST(FakeBusTest, OfflineQosZeroIsRefusedAndQosOneWaits) {
  FakeBroker broker;
  Listener a(&broker, "a");
  Listener b(&broker, "b", {"#"});
  a.Start();
  b.Start();
  broker.Cut("a");
  EXPECT_EQ(a.bus->Publish(Text("x", "0")).error(), Error::kNotConnected);
  EXPECT_TRUE(
      a.bus->Publish({.topic = "x", .payload = "1", .qos = Qos::kAtLeastOnce}));
  EXPECT_THAT(b.heard, ElementsAre("+"));
  broker.Reconnect("a");
  EXPECT_THAT(a.heard, ElementsAre("+", "-", "+"));
  EXPECT_THAT(b.heard, ElementsAre("+", "x=1"));
  EXPECT_EQ(a.bus->stats().sent[MessageKind::kOther].messages, 1U);
  EXPECT_EQ(b.bus->stats().received[MessageKind::kOther].messages, 1U);
  EXPECT_EQ(a.bus->stats().reconnects.front(), 1U);
}

TEST(FakeBusTest, HangingLinkSwallowsAll) {
  FakeBroker broker;
  Listener a(&broker, "a", {"x"});
  Listener b(&broker, "b", {"#"});
  a.Start();
  b.Start();
  broker.Hang("a");
  EXPECT_TRUE(a.bus->Publish(Text("x", "0")));
  EXPECT_TRUE(
      a.bus->Publish({.topic = "x", .payload = "1", .qos = Qos::kAtLeastOnce}));
  broker.Inject(Text("x", "2"));
  EXPECT_THAT(a.heard, ElementsAre("+"));
  EXPECT_THAT(b.heard, ElementsAre("+", "x=2"));
  broker.Cut("a");
  broker.Reconnect("a");
  EXPECT_THAT(a.heard, ElementsAre("+", "-", "+", "x=1"));
  EXPECT_THAT(b.heard, ElementsAre("+", "x=2", "x=1"));
}

TEST(FakeBusTest, WhatIsOfOneConnectionComesBackWithItsEnd) {
  FakeBroker broker;
  Listener a(&broker, "a");
  Listener b(&broker, "b", {"#"});
  a.Start();
  b.Start();
  OutgoingMessage message{
      .topic = "x", .payload = "1", .qos = Qos::kAtLeastOnce};
  message.connection = a.connection;
  EXPECT_TRUE(a.bus->Publish(message));
  broker.Hang("a");
  for (const auto* payload : {"2", "3"}) {
    message.payload = payload;
    EXPECT_TRUE(a.bus->Publish(message));
  }
  broker.Cut("a");
  EXPECT_EQ(a.bus->Publish(message).error(), Error::kNotConnected);
  broker.Reconnect("a");
  EXPECT_EQ(a.bus->Publish(message).error(), Error::kNotConnected);
  message.connection = a.connection;
  message.payload = "4";
  EXPECT_TRUE(a.bus->Publish(message));
  EXPECT_THAT(a.heard, ElementsAre("+", "-23", "+"));
  EXPECT_THAT(b.heard, ElementsAre("+", "x=1", "x=4"));
}

TEST(FakeBusTest, OutboxIsBounded) {
  FakeBroker broker;
  Listener a(&broker, "a");
  a.Start();
  broker.Cut("a");
  const OutgoingMessage message{
      .topic = "x", .payload = "1", .qos = Qos::kAtLeastOnce};
  for (std::size_t i = 0; i < kOutboxCapacity; ++i) {
    ASSERT_TRUE(a.bus->Publish(message));
  }
  EXPECT_EQ(a.bus->Publish(message).error(), Error::kQueueFull);
}

TEST(FakeBusTest, OversizedMessageIsRefused) {
  FakeBroker broker;
  Listener a(&broker, "a");
  a.Start();
  const auto sent =
      a.bus->Publish(Text("x", std::string(kPacketLimitBytes, 'x')));
  EXPECT_EQ(sent.error(), Error::kOversized);
}

TEST(FakeBusTest, AliasLivesAndDiesWithTheConnection) {
  FakeBroker broker;
  Listener a(&broker, "a");
  a.Start();
  const OutgoingMessage message{
      .topic = "0123456789", .payload = "123456789012", .alias = true};
  EXPECT_EQ(a.bus->Publish(message).value(), 30U);
  EXPECT_EQ(a.bus->Publish(message).value(), 20U);
  broker.Cut("a");
  broker.Reconnect("a");
  EXPECT_EQ(a.bus->Publish(message).value(), 30U);
  EXPECT_EQ(a.bus->stats().sent[MessageKind::kOther].mqtt_bytes, 80U);
  EXPECT_EQ(a.bus->stats().sent[MessageKind::kOther].payload_bytes, 36U);
}

TEST(FakeBusTest, MessageOfASinkFollowsTheOneInHand) {
  FakeBroker broker;
  Listener a(&broker, "a", {"#"});
  auto echo = broker.MakeBus("0");  // hears before `a`
  echo->Subscribe("ping", {});
  echo->Start([&](const BusEvent& event) {
    if (std::holds_alternative<BusMessage>(event)) {
      ASSERT_TRUE(echo->Publish(Text("pong", "2")));
    }
  });
  a.Start();
  broker.Inject(Text("ping", "1"));
  EXPECT_THAT(a.heard, ElementsAre("+", "ping=1", "pong=2"));
}

}  // namespace
}  // namespace ddnn

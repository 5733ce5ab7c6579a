#include <MQTTAsync.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <string>

#include "core/bus/own_sockets.h"
#include "tests/integration/bus_client.h"
#include "tests/support/mosquitto.h"
#include "tests/support/tcp_tap.h"

namespace ddnn {
namespace {

OutgoingMessage AtLeastOnce(std::string topic, std::string payload) {
  return {.topic = std::move(topic),
          .payload = std::move(payload),
          .qos = Qos::kAtLeastOnce};
}

TEST(BusBrokerTest, MessageMakesARoundTrip) {
  const Mosquitto broker;
  Client a(broker.url(), "a", "x/+");
  ASSERT_TRUE(a.Connect());
  ASSERT_TRUE(
      a.bus->Publish({.topic = "x/0", .payload = std::string("\0z", 2)}));
  ASSERT_TRUE(a.bus->Publish(AtLeastOnce("x/1", "")));
  ASSERT_TRUE(a.listener.WaitForMessages(2));
  const auto messages = a.listener.messages();
  EXPECT_EQ(messages[0].topic, "x/0");
  EXPECT_EQ(messages[0].payload, std::string("\0z", 2));
  EXPECT_FALSE(messages[0].retained);
  EXPECT_EQ(messages[1].topic, "x/1");
}

TEST(BusBrokerTest, RetainedMessageComesAfterConnected) {
  const Mosquitto broker;
  Client a(broker.url(), "a");
  ASSERT_TRUE(a.Connect());
  auto message = AtLeastOnce("state/a", "on");
  message.retain = true;
  ASSERT_TRUE(a.bus->Publish(message));
  a.bus->Stop();
  Client b(broker.url(), "b", "state/#");
  b.Start();
  ASSERT_TRUE(b.listener.WaitForMessages(1));
  EXPECT_TRUE(b.listener.messages()[0].retained);
  EXPECT_TRUE(b.listener.WaitFor([](const auto& events) {
    return std::holds_alternative<BusConnected>(events.front());
  }));
}

TEST(BusBrokerTest, SharedSubscriptionGivesEachMessageToOneMember) {
  const Mosquitto broker;
  Client a(broker.url(), "a", "$share/cloud/ask/+");
  Client b(broker.url(), "b", "$share/cloud/ask/+");
  Client sender(broker.url(), "sender");
  ASSERT_TRUE(a.Connect());
  ASSERT_TRUE(b.Connect());
  ASSERT_TRUE(sender.Connect());
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(sender.bus->Publish(AtLeastOnce("ask/e", std::to_string(i))));
  }
  std::set<std::string> seen;
  const auto all_seen = [&](auto& listener) {
    for (const auto& message : listener.messages()) {
      seen.insert(message.payload);
    }
  };
  ASSERT_TRUE(a.listener.WaitForMessages(10));
  ASSERT_TRUE(b.listener.WaitForMessages(10));
  all_seen(a.listener);
  all_seen(b.listener);
  EXPECT_EQ(seen.size(), 20U);
  EXPECT_EQ(a.listener.messages().size() + b.listener.messages().size(), 20U);
}

TEST(BusBrokerTest, BrokenLinkPublishesTheWillAndHeals) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  Client watcher(broker.url(), "watcher", "state/+");
  Client agent(UrlOf(tap.port()), "agent");
  auto will = AtLeastOnce("state/agent", "offline");
  will.retain = true;
  will.content_type = "application/json";
  agent.bus->SetWill(will);
  ASSERT_TRUE(watcher.Connect());
  ASSERT_TRUE(agent.Connect());
  tap.Cut();
  ASSERT_TRUE(watcher.listener.WaitForMessages(1));
  EXPECT_EQ(watcher.listener.messages()[0].payload, "offline");
  EXPECT_TRUE(agent.listener.WaitForConnection(2));
  const auto broken = static_cast<std::size_t>(DisconnectCause::kBroken);
  EXPECT_EQ(agent.bus->stats().reconnects[broken], 1U);
}

TEST(BusBrokerTest, StopPublishesTheWillOnce) {
  const Mosquitto broker;
  Client watcher(broker.url(), "watcher", "#");
  Client agent(broker.url(), "agent");
  agent.bus->SetWill(AtLeastOnce("state/agent", "offline"));
  ASSERT_TRUE(watcher.Connect());
  ASSERT_TRUE(agent.Connect());
  ASSERT_TRUE(agent.bus->Publish({.topic = "last", .payload = "0"}));
  agent.bus->Stop();
  ASSERT_TRUE(watcher.bus->Publish({.topic = "end", .payload = ""}));
  ASSERT_TRUE(watcher.listener.WaitForMessages(3));
  const auto messages = watcher.listener.messages();
  EXPECT_EQ(messages[0].topic, "last");
  EXPECT_EQ(messages[1].topic, "state/agent");
  EXPECT_EQ(messages[2].topic, "end");
}

TEST(BusBrokerTest, RestartOfTheBrokerLosesNoQosOneMessage) {
  Mosquitto broker;
  Client a(broker.url(), "a", "x/+");
  ASSERT_TRUE(a.Connect());
  broker.Stop();
  ASSERT_TRUE(a.listener.WaitFor([](const auto& events) {
    return std::holds_alternative<BusDisconnected>(events.back());
  }));
  EXPECT_EQ(a.bus->Publish({.topic = "x/0", .payload = ""}).error(),
            Error::kNotConnected);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(a.bus->Publish(AtLeastOnce("x/1", std::to_string(i))));
  }
  broker.Start();
  ASSERT_TRUE(a.listener.WaitForMessages(50));
  const auto messages = a.listener.messages();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(messages[static_cast<std::size_t>(i)].payload, std::to_string(i));
  }
}

TEST(BusBrokerTest, MessageInFlightAtABreakIsSentAgain) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  Client receiver(broker.url(), "receiver", "x");
  Client sender(UrlOf(tap.port()), "sender");
  ASSERT_TRUE(receiver.Connect());
  ASSERT_TRUE(sender.Connect());
  for (int i = 0; i < 400; ++i) {
    ASSERT_TRUE(sender.bus->Publish(AtLeastOnce("x", std::to_string(i))));
    if (i % 100 == 50) tap.Cut();
  }
  std::set<std::string> seen;
  EXPECT_TRUE(receiver.listener.WaitFor([&](const auto& events) {
    for (const auto& event : events) {
      if (const auto* message = std::get_if<BusMessage>(&event)) {
        seen.insert(message->payload);
      }
    }
    return seen.size() == 400;
  })) << seen.size();
}

TEST(BusBrokerTest, FirstConnectWaitsForTheBroker) {
  const std::uint16_t port = FreePort();
  Client a(UrlOf(port), "a", "x");
  a.Start();
  ASSERT_TRUE(a.bus->Publish(AtLeastOnce("x", "early")));
  // Fails with a message should another process have taken the port.
  const Mosquitto broker("listener {port} 127.0.0.1\nlistener " +
                         std::to_string(port) +
                         " 127.0.0.1\nallow_anonymous true");
  ASSERT_TRUE(a.listener.WaitForMessages(1));
  EXPECT_THAT(a.bus->stats().reconnects, testing::Each(0U));
}

TEST(BusBrokerTest, BytesOnTheWireAreThoseCounted) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  Client a(UrlOf(tap.port()), "a", "x/#");
  ASSERT_TRUE(a.Connect());
  std::vector<std::size_t> counted;
  const auto send = [&](OutgoingMessage message) {
    const auto bytes = a.bus->Publish(std::move(message));
    ASSERT_TRUE(bytes) << bytes.message();
    counted.push_back(*bytes);
  };
  const std::string topic = "x/a/topic/of/thirty/characters";
  for (int i = 0; i < 3; ++i) {
    send({.topic = topic, .payload = "123456789012", .alias = true});
  }
  send({.topic = topic, .payload = "123456789012"});
  send(AtLeastOnce(topic, "123456789012"));
  auto json = AtLeastOnce("x/json", "{}");
  json.content_type = "application/json";
  json.expiry = std::chrono::seconds(60);
  send(json);
  send({.topic = "x/long", .payload = std::string(20'000, 'x')});
  for (int i = 0; i < 12; ++i) {  // more topics than aliases
    send({.topic = "x/" + std::to_string(i), .payload = "1", .alias = true});
  }
  ASSERT_TRUE(a.listener.WaitForMessages(counted.size()));
  EXPECT_EQ(PublishPackets(tap.Sent()), counted);
  EXPECT_EQ(counted[0], 50U);  // 47 + the alias
  EXPECT_EQ(counted[1], 20U);
  EXPECT_EQ(counted[3], 47U);
  EXPECT_EQ(counted[4], 49U);
  EXPECT_EQ(a.bus->stats().sent[MessageKind::kOther].mqtt_bytes,
            std::accumulate(counted.begin(), counted.end(), std::size_t{0}));
  EXPECT_EQ(a.listener.messages()[2].topic, topic);
}

TEST(BusBrokerTest, AliasesAreMadeAnewAfterABreak) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  Client a(UrlOf(tap.port()), "a", "x/#");
  ASSERT_TRUE(a.Connect());
  const OutgoingMessage message{
      .topic = "x/long/topic", .payload = "1", .alias = true};
  const auto first = a.bus->Publish(message);
  const auto second = a.bus->Publish(message);
  ASSERT_TRUE(a.listener.WaitForMessages(2));
  tap.Cut();
  ASSERT_TRUE(a.listener.WaitForConnection(2));
  const auto third = a.bus->Publish(message);
  ASSERT_TRUE(first && second && third);
  EXPECT_LT(*second, *first);
  EXPECT_EQ(*third, *first);
  ASSERT_TRUE(a.listener.WaitForMessages(3));
  EXPECT_EQ(a.listener.messages()[2].topic, "x/long/topic");
}

TEST(BusBrokerTest, OfTwoClientsWithOneIdOneGivesUpAndSaysSo) {
  const Mosquitto broker;
  Client watcher(broker.url(), "watcher", "state/same");
  ASSERT_TRUE(watcher.Connect());
  Client first(broker.url(), "same");
  Client second(broker.url(), "same");
  std::atomic<int> ends = 0;
  std::mutex mutex;
  std::string reason;
  for (auto* client : {&first, &second}) {
    const std::string name = client == &first ? "first" : "second";
    OutgoingMessage state = AtLeastOnce("state/same", name + " offline");
    state.retain = true;
    client->bus->SetWill(state);
    state.payload = name + " online";
    client->bus->Start([&, client, state](const BusEvent& event) {
      if (std::holds_alternative<BusConnected>(event)) {
        EXPECT_TRUE(client->bus->Publish(state));
      }
      const auto* end = std::get_if<BusDisconnected>(&event);
      if (end != nullptr && end->final) {
        EXPECT_EQ(end->error, Error::kRefused);
        const std::lock_guard lock(mutex);
        reason = end->reason;
        ++ends;
      }
    });
  }
  const auto state_of_survivor_is_last = [&](const auto& events) {
    const auto* last = std::get_if<BusMessage>(&events.back());
    return ends == 1 && last != nullptr && last->payload.ends_with(" online");
  };
  EXPECT_TRUE(watcher.listener.WaitFor(state_of_survivor_is_last));
  EXPECT_EQ(ends, 1);
  const std::lock_guard lock(mutex);
  EXPECT_THAT(reason, ::testing::HasSubstr("'same'"));
}

TEST(BusBrokerTest, ThousandMessagesAtOnceAllArriveInOrder) {
  const Mosquitto broker;
  Client a(broker.url(), "a", "x");
  ASSERT_TRUE(a.Connect());
  std::size_t taken = 0;
  while (taken < kOutboxCapacity &&
         a.bus->Publish(AtLeastOnce("x", std::to_string(taken)))) {
    ++taken;
  }
  ASSERT_EQ(taken, kOutboxCapacity);
  ASSERT_TRUE(a.listener.WaitForMessages(taken));
  const auto messages = a.listener.messages();
  for (std::size_t i = 0; i < taken; ++i) {
    ASSERT_EQ(messages[i].payload, std::to_string(i));
  }
}

/// A TCP option of the only socket to a port; -1 if there is none.
int TcpOption(std::uint16_t port, int option) {
  const auto sockets = OwnSocketsTo(port);
  EXPECT_EQ(sockets.size(), 1U);
  int value = -1;
  socklen_t size = sizeof(value);
  EXPECT_EQ(getsockopt(sockets.at(0), IPPROTO_TCP, option, &value, &size), 0);
  return value;
}

TEST(BusBrokerTest, PahosThreadsDoNotTraceTheirEnd) {
  static std::atomic<int> lines_of_threads;
  lines_of_threads = 0;
  MQTTAsync_setTraceCallback([](enum MQTTASYNC_TRACE_LEVELS, char* line) {
    if (std::strstr(line, "receiveThread") != nullptr) ++lines_of_threads;
  });
  const Mosquitto broker;
  {
    Client a(broker.url(), "a");
    ASSERT_TRUE(a.Connect());
  }
  MQTTAsync_setTraceCallback(nullptr);
  EXPECT_EQ(lines_of_threads, 0);
}

TEST(BusBrokerTest, SocketsOfAllConnectionsAreSetUp) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  Client a(UrlOf(tap.port()), "a");
  ASSERT_TRUE(a.Connect());
  for (std::size_t connections = 1; connections < 3; ++connections) {
    ASSERT_TRUE(a.listener.WaitForConnection(connections));
    EXPECT_NE(TcpOption(tap.port(), TCP_NODELAY), 0);
    EXPECT_EQ(TcpOption(tap.port(), TCP_USER_TIMEOUT), 2000);
    tap.Cut();
  }
}

TEST(BusBrokerTest, LargestMessagePassesAndALargerOneIsRefused) {
  const Mosquitto broker;
  Client a(broker.url(), "a", "x");
  ASSERT_TRUE(a.Connect());
  const auto largest = AtLeastOnce("x", std::string(256 << 10, 'x'));
  ASSERT_TRUE(a.bus->Publish(largest));
  EXPECT_EQ(
      a.bus->Publish(AtLeastOnce("x", std::string(kPacketLimitBytes, 'x')))
          .error(),
      Error::kOversized);
  ASSERT_TRUE(a.listener.WaitForMessages(1));
  EXPECT_EQ(a.listener.messages()[0].payload.size(), largest.payload.size());
}

}  // namespace
}  // namespace ddnn

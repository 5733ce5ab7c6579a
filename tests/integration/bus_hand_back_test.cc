// Messages of one connection alone, against a real broker.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "tests/integration/bus_client.h"
#include "tests/support/mosquitto.h"
#include "tests/support/tcp_tap.h"

namespace ddnn {
namespace {

OutgoingMessage Numbered(int number) {
  return {.topic = "x",
          .payload = std::to_string(number),
          .qos = Qos::kAtLeastOnce};
}

/// A client that keeps what the bus refuses or gives back, as agents do.
class Owner {
 public:
  explicit Owner(std::uint16_t port) {
    bus = BusAt(UrlOf(port), "owner");
    bus->Start(listener.Sink());
  }
  ~Owner() { bus->Stop(); }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  bool Publish(OutgoingMessage message) {
    message.connection = connection;
    return bus->Publish(std::move(message)).ok();
  }
  /// Hears what the bus has said since the last call.
  void Hear() {
    listener.WaitFor([this](const auto& events) {
      for (; heard_ < events.size(); ++heard_) {
        if (const auto* up = std::get_if<BusConnected>(&events[heard_])) {
          connection = up->connection;
        } else if (const auto* end =
                       std::get_if<BusDisconnected>(&events[heard_])) {
          kept.insert(kept.begin(), end->unsent.begin(), end->unsent.end());
        }
      }
      return true;
    });
  }
  void Flush() {
    while (!kept.empty() && Publish(kept.front())) kept.pop_front();
  }

  BusListener listener;
  std::unique_ptr<Bus> bus;
  std::uint32_t connection = 0;
  std::deque<OutgoingMessage> kept;

 private:
  std::size_t heard_ = 0;
};

TEST(BusHandBackTest, WhatADeadBrokerDidNotAcknowledgeComesBackAndStaysBack) {
  Mosquitto broker;
  Owner owner(broker.port());
  ASSERT_TRUE(owner.listener.WaitForConnection());
  owner.Hear();
  broker.Freeze();
  std::vector<std::string> expected;
  for (int i = 0; i < 30; ++i) {  // more than may be in flight
    ASSERT_TRUE(owner.Publish(Numbered(i)));
    expected.push_back(std::to_string(i));
  }
  broker.Stop();
  ASSERT_TRUE(owner.listener.WaitFor([](const auto& events) {
    return std::holds_alternative<BusDisconnected>(events.back());
  }));
  EXPECT_FALSE(owner.Publish(Numbered(99)));
  owner.Hear();
  std::vector<std::string> back;
  for (const auto& message : owner.kept) back.push_back(message.payload);
  EXPECT_EQ(back, expected);
  EXPECT_EQ(owner.bus->stats().queue_messages, 0U);

  broker.Start();
  Client watcher(broker.url(), "watcher", "x");
  ASSERT_TRUE(watcher.Connect());
  ASSERT_TRUE(owner.listener.WaitForConnection(2));
  EXPECT_FALSE(owner.Publish(Numbered(99)));  // it has not heard of it yet
  owner.Hear();
  ASSERT_TRUE(owner.Publish(Numbered(100)));
  ASSERT_TRUE(watcher.listener.WaitForMessages(1));
  EXPECT_EQ(watcher.listener.messages()[0].payload, "100");
}

TEST(BusHandBackTest, AnOwnerThatSendsThemAgainLosesNothing) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  Client watcher(broker.url(), "watcher", "x");
  Owner owner(tap.port());
  ASSERT_TRUE(watcher.Connect());
  ASSERT_TRUE(owner.listener.WaitForConnection());
  for (int i = 0; i < 400; ++i) {
    owner.Hear();
    owner.kept.push_back(Numbered(i));
    owner.Flush();
    if (i == 200) tap.Cut();
  }
  std::vector<int> first;  // each number when it came first
  const auto all_came = [&] {
    owner.Hear();
    owner.Flush();
    std::set<int> seen;
    first.clear();
    for (const auto& message : watcher.listener.messages()) {
      const int number = std::stoi(message.payload);
      if (seen.insert(number).second) first.push_back(number);
    }
    return first.size() == 400;
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!all_came() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_EQ(first.size(), 400U);
  EXPECT_TRUE(std::is_sorted(first.begin(), first.end()));
}

}  // namespace
}  // namespace ddnn

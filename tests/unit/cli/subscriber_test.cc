#include "cli/subscriber.h"

#include <gtest/gtest.h>

#include <string>

#include "core/bus/fake_bus.h"

namespace ddnn {
namespace {

constexpr std::size_t kHalf = std::size_t{4} << 20;  // of an inbox's bytes

class SetClock final : public Clock {
 public:
  Instant Now() const override { return now; }
  Instant now{};
};

class SubscriberTest : public ::testing::Test {
 protected:
  static constexpr const char* kName = "listener";

  std::optional<Arrival> Next() { return subscriber_->Next({}); }
  void Say(const std::string& topic, std::size_t bytes = 1) {
    broker_.Inject({.topic = topic, .payload = std::string(bytes, 'x')});
  }

  SetClock clock_;
  FakeBroker broker_;
  std::optional<Subscriber> subscriber_{
      std::in_place, broker_.MakeBus(kName), clock_, [](Bus* bus) {
        bus->Subscribe("news", Qos::kAtLeastOnce);
        bus->SetWill({.topic = "bye", .payload = ""});
      }};
};

TEST_F(SubscriberTest, HearsWhatItSubscribedToAndWhenItCame) {
  clock_.now = Instant(milliseconds(7));
  Say("gossip");
  Say("news");
  clock_.now = Instant(milliseconds(9));
  const auto connected = Next();
  ASSERT_TRUE(connected);
  EXPECT_TRUE(std::holds_alternative<BusConnected>(connected->event));
  EXPECT_EQ(connected->at, Instant{});
  const auto news = Next();
  ASSERT_TRUE(news);
  EXPECT_EQ(std::get<BusMessage>(news->event).topic, "news");
  EXPECT_EQ(news->at, Instant(milliseconds(7)));
  EXPECT_FALSE(Next());
}

TEST_F(SubscriberTest, WhatDoesNotFitIsCountedButForTheConnectionsEnd) {
  for (int i = 0; i < 3; ++i) Say("news", kHalf);
  broker_.Cut(kName);
  EXPECT_EQ(subscriber_->dropped(), 2U);
  Next();  // connected
  EXPECT_TRUE(std::holds_alternative<BusMessage>(Next()->event));
  EXPECT_TRUE(std::holds_alternative<BusDisconnected>(Next()->event));
}

TEST_F(SubscriberTest, OnceStoppedItKeepsWhatHasCome) {
  Say("news");
  subscriber_->bus().Stop();
  Say("news");
  EXPECT_TRUE(Next());
  EXPECT_TRUE(Next());
  EXPECT_FALSE(Next());
}

TEST_F(SubscriberTest, ItsEndStopsTheBus) {
  EXPECT_TRUE(broker_.log().empty());
  subscriber_.reset();
  ASSERT_EQ(broker_.log().size(), 1U);
  EXPECT_EQ(broker_.log().front().topic, "bye");
}

TEST(SubscriberTextTest, ALostConnectionSaysWhetherItIsTriedAgain) {
  EXPECT_EQ(DisconnectedText("watch", {.reason = "gone"}),
            "ddnn watch: gone; trying again\n");
  EXPECT_EQ(DisconnectedText("watch", {.reason = "refused", .final = true}),
            "ddnn watch: refused\n");
}

TEST(SubscriberTextTest, OnlyWhatWasMissedIsTold) {
  EXPECT_EQ(MissedText("audit", 0, 0), "");
  EXPECT_EQ(MissedText("audit", 0, 2),
            "ddnn audit: 0 messages were not understood, 2 came too fast\n");
}

}  // namespace
}  // namespace ddnn

#include "core/bus/announcer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class AnnouncerTest : public testing::Test {
 protected:
  AnnouncerTest() {
    announcer_.SetSink([this](const BusEvent& event) {
      const auto* message = std::get_if<BusMessage>(&event);
      heard_.push_back(message != nullptr ? message->payload
                       : std::holds_alternative<BusConnected>(event) ? "+"
                                                                     : "-");
    });
  }
  void Hear(std::string payload) {
    announcer_.OnMessage({.topic = "x", .payload = std::move(payload)});
  }

  Announcer announcer_;
  std::vector<std::string> heard_;
};

TEST_F(AnnouncerTest, WhatComesEarlyWaitsForTheConnection) {
  Hear("1");
  EXPECT_FALSE(announcer_.connected());
  announcer_.Announce(BusConnected{});
  Hear("2");
  EXPECT_TRUE(announcer_.connected());
  EXPECT_THAT(heard_, ElementsAre("+", "1", "2"));
}

TEST_F(AnnouncerTest, WhatCameEarlyInAConnectionThatFailedIsForgotten) {
  Hear("1");
  announcer_.Forget();
  announcer_.Announce(BusConnected{});
  announcer_.Announce(BusDisconnected{});
  EXPECT_FALSE(announcer_.connected());
  EXPECT_THAT(heard_, ElementsAre("+", "-"));
}

TEST_F(AnnouncerTest, WhatComesEarlyIsBounded) {
  const std::string large(Announcer::kEarlyBytes / 4, 'x');
  for (int i = 0; i < 6; ++i) Hear(large);
  announcer_.Announce(BusConnected{});
  EXPECT_THAT(heard_, SizeIs(1 + 3));
}

}  // namespace
}  // namespace ddnn

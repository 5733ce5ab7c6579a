#include "core/bus/takeover_guard.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::seconds;

const TakeoverGuard::TimePoint kStart{};

TakeoverGuard Guard() {
  TakeoverGuard guard(
      OutgoingMessage{.topic = "state", .payload = "offline", .retain = true});
  guard.Sent({.topic = "state", .payload = "online"});
  return guard;
}

BusMessage Retained(std::string payload, std::string topic = "state") {
  return {std::move(topic), std::move(payload), true};
}

TEST(TakeoverGuardTest, StrangersMessageTwiceIsProof) {
  TakeoverGuard guard = Guard();
  EXPECT_FALSE(guard.Proves(Retained("strange"), kStart));
  EXPECT_TRUE(guard.Proves(Retained("strange"), kStart + seconds(1)));
}

TEST(TakeoverGuardTest, SuspicionFades) {
  TakeoverGuard guard = Guard();
  EXPECT_FALSE(guard.Proves(Retained("strange"), kStart));
  EXPECT_FALSE(guard.Proves(Retained("strange"), kStart + seconds(61)));
}

TEST(TakeoverGuardTest, OurOwnMessagesProveNothing) {
  TakeoverGuard guard = Guard();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(guard.Proves(Retained("online"), kStart));
    EXPECT_FALSE(guard.Proves(Retained("offline"), kStart));
    EXPECT_FALSE(guard.Proves(Retained("strange", "other"), kStart));
  }
}

TEST(TakeoverGuardTest, WithoutARetainedWillNothingIsWatched) {
  const OutgoingMessage fleeting{.topic = "state", .payload = "offline"};
  for (auto guard : {TakeoverGuard(), TakeoverGuard(fleeting)}) {
    EXPECT_EQ(guard.topic(), "");
    EXPECT_FALSE(guard.Proves(Retained("strange"), kStart));
    EXPECT_FALSE(guard.Proves(Retained("strange"), kStart));
  }
}

}  // namespace
}  // namespace ddnn

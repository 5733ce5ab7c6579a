#include "device_agent/group_start.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

constexpr std::uint32_t kTerm = 3;
constexpr TickSchedule kOld{Instant{}, 0.0, 100};
constexpr TickSchedule kNew{Instant{}, 25.0, 9000};

TEST(GroupStartTest, TicksBeginOnceBothAreKnown) {
  GroupStart group;
  group.OnConnected();
  EXPECT_FALSE(group.OnConfig(kOld, kTerm).has_value());
  EXPECT_FALSE(group.schedule().has_value());
  const auto start = group.OnDecided(99);
  ASSERT_TRUE(start.has_value());
  EXPECT_EQ(start->schedule, kOld);
  EXPECT_EQ(start->decided, 99U);
  EXPECT_TRUE(start->is_new_run);
  EXPECT_EQ(group.schedule(), kOld);
}

TEST(GroupStartTest, WatermarkMayOvertakeTheConfigAfterConnecting) {
  GroupStart group;
  group.OnConnected();
  EXPECT_FALSE(group.OnDecided(104).has_value());
  const auto start = group.OnConfig(kOld, kTerm);
  ASSERT_TRUE(start.has_value());
  EXPECT_EQ(start->decided, 104U);
}

TEST(GroupStartTest, LaterWatermarksDoNotBeginAgain) {
  GroupStart group;
  group.OnConnected();
  group.OnConfig(kOld, kTerm);
  group.OnDecided(99);
  EXPECT_FALSE(group.OnDecided(100).has_value());
}

TEST(GroupStartTest, NewScheduleWaitsForItsOwnWatermark) {
  GroupStart group;
  group.OnConnected();
  group.OnConfig(kOld, kTerm);
  group.OnDecided(120);
  EXPECT_FALSE(group.OnConfig(kNew, kTerm).has_value());
  EXPECT_EQ(group.schedule(), kOld);
  const auto start = group.OnDecided(8999);
  ASSERT_TRUE(start.has_value());
  EXPECT_EQ(start->schedule, kNew);
  EXPECT_EQ(start->decided, 8999U);
  EXPECT_TRUE(start->is_new_run);
}

TEST(GroupStartTest, SameScheduleAgainBeginsAfterTheKnownWatermark) {
  GroupStart group;
  group.OnConnected();
  group.OnConfig(kOld, kTerm);
  group.OnDecided(99);
  group.OnDecided(120);
  const auto start = group.OnConfig(kOld, kTerm);
  ASSERT_TRUE(start.has_value());
  EXPECT_EQ(start->decided, 120U);
  EXPECT_FALSE(start->is_new_run);
}

TEST(GroupStartTest, ReconnectionForgetsTheWatermark) {
  GroupStart group;
  group.OnConnected();
  group.OnConfig(kOld, kTerm);
  group.OnDecided(99);
  group.OnConnected();
  EXPECT_FALSE(group.OnConfig(kNew, kTerm).has_value());
  EXPECT_EQ(group.OnDecided(8999)->schedule, kNew);
}

TEST(GroupStartTest, ScheduleThatIsReplacedBeforeItsWatermarkNeverBegins) {
  GroupStart group;
  group.OnConnected();
  group.OnConfig(kOld, kTerm);
  group.OnConfig(kNew, kTerm);
  EXPECT_EQ(group.OnDecided(8999)->schedule, kNew);
  EXPECT_FALSE(group.OnDecided(9000).has_value());
}

/// A group that has begun.
GroupStart Begun() {
  GroupStart group;
  group.OnConnected();
  group.OnConfig(kOld, kTerm);
  EXPECT_FALSE(group.OnDecided(99)->is_new_opening);
  return group;
}

TEST(GroupStartTest, AnotherTermIsANewOpening) {
  for (const std::uint32_t term : {kTerm + 1, kTerm - 1, 0U}) {
    GroupStart group = Begun();
    EXPECT_TRUE(group.OnConfig(kOld, term)->is_new_opening);
    EXPECT_FALSE(group.OnConfig(kOld, term)->is_new_opening);
  }
}

TEST(GroupStartTest, TheSameTermAgainIsNoNewOpening) {
  GroupStart group = Begun();
  EXPECT_FALSE(group.OnConfig(kOld, kTerm)->is_new_opening);
}

TEST(GroupStartTest, AnotherConnectionIsANewOpening) {
  GroupStart group = Begun();
  group.OnConnected();
  EXPECT_FALSE(group.OnConfig(kOld, kTerm).has_value());
  EXPECT_TRUE(group.OnDecided(120)->is_new_opening);
  EXPECT_FALSE(group.OnConfig(kOld, kTerm)->is_new_opening);
}

TEST(GroupStartTest, AnotherScheduleIsANewRunInstead) {
  GroupStart group = Begun();
  group.OnConfig(kNew, kTerm + 1);
  const auto start = group.OnDecided(8999);
  EXPECT_TRUE(start->is_new_run);
  EXPECT_FALSE(start->is_new_opening);
}

}  // namespace
}  // namespace ddnn

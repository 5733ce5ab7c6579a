#include "device_agent/edge_clock.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::milliseconds;

constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};

class StoppedClock final : public Clock {
 public:
  Instant Now() const override { return kNow; }
};

class EdgeClockTest : public ::testing::Test {
 protected:
  const StoppedClock own_;
  EdgeClock edge_{own_};
};

TEST_F(EdgeClockTest, IsTheDevicesOwnBeforeAnythingIsKnown) {
  EXPECT_EQ(edge_.Now(), kNow);
}

TEST_F(EdgeClockTest, FollowsAClockThatIsClearlyApart) {
  edge_.Follow({.offset_s = 0.5, .error_s = 0.01});
  EXPECT_EQ(edge_.Now(), kNow - milliseconds(500));
  edge_.Follow({.offset_s = -0.5, .error_s = 0.249});
  EXPECT_EQ(edge_.Now(), kNow + milliseconds(500));
}

TEST_F(EdgeClockTest, KeepsToItsOwnWhereTheReadingIsNoBetter) {
  edge_.Follow({.offset_s = 0.5, .error_s = 0.25});
  EXPECT_EQ(edge_.Now(), kNow);
}

TEST_F(EdgeClockTest, ReturnsToItsOwnOnceThatWasSetRight) {
  edge_.Follow({.offset_s = 0.5, .error_s = 0.01});
  edge_.Follow({.offset_s = 0.001, .error_s = 0.001});
  EXPECT_EQ(edge_.Now(), kNow);
}

}  // namespace
}  // namespace ddnn

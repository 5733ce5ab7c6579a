#include "core/vision/live_timing.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds(1'000'000)};

TEST(FreshForTest, IsASecondOrThreeImagesOrTicks) {
  EXPECT_EQ(FreshFor({}, 0), seconds(1));
  EXPECT_EQ(FreshFor(milliseconds(40), 25), seconds(1));
  EXPECT_EQ(FreshFor(seconds(2), 25), seconds(6));
  EXPECT_EQ(FreshFor({}, 0.5), seconds(6));
}

TEST(FreshForTest, RareTicksDoNotOverflow) {
  EXPECT_GT(FreshFor({}, 1e-300), seconds(1));
}

TEST(FramePacerTest, KeepsThePeriod) {
  FramePacer pacer(milliseconds(40), kStart);
  EXPECT_EQ(pacer.NextAfter(kStart), kStart + milliseconds(40));
  EXPECT_EQ(pacer.NextAfter(kStart + milliseconds(55)),
            kStart + milliseconds(80));
}

TEST(FramePacerTest, DoesNotHurryAfterAPause) {
  FramePacer pacer(milliseconds(40), kStart);
  const Instant late = kStart + seconds(10);
  EXPECT_EQ(pacer.NextAfter(late), late - milliseconds(40));
  EXPECT_EQ(pacer.NextAfter(late), late);
  EXPECT_EQ(pacer.NextAfter(late), late + milliseconds(40));
}

TEST(FramePacerTest, ClockThatIsSetBackDelaysByOnePeriodAtMost) {
  FramePacer pacer(milliseconds(40), kStart);
  const Instant back = kStart - std::chrono::hours(1);
  EXPECT_EQ(pacer.NextAfter(back), back + milliseconds(40));
}

TEST(ReopenPolicyTest, WaitsLongerUntilTheSourceWasStable) {
  ReopenPolicy policy(milliseconds(200), milliseconds(10'000), 1);
  policy.OnOpened(kStart);
  for (int i = 0; i < 10; ++i) (void)policy.OnFailure();
  EXPECT_GE(policy.OnFailure(), milliseconds(5000));
  EXPECT_LE(policy.OnFailure(), milliseconds(15'000));
  policy.OnImage(kStart + seconds(9));
  EXPECT_GE(policy.OnFailure(), milliseconds(5000));
  policy.OnImage(kStart + seconds(10));
  EXPECT_LE(policy.OnFailure(), milliseconds(300));
}

}  // namespace
}  // namespace ddnn

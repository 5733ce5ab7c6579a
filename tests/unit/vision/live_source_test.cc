// What a test waits for here always comes; time is the test's.
#include "core/vision/live_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "core/base/config.h"
#include "tests/unit/vision/fake_frames.h"

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr Tick kFirst = 7;

class LiveSourceTest : public ::testing::Test {
 protected:
  ~LiveSourceTest() override { script_->Release(); }

  Result<std::unique_ptr<LiveSource>> TryOpen(
      bool must_open = false, std::chrono::nanoseconds frame_period = {},
      const Region& region = {}) {
    return LiveSource::Open(std::make_unique<FakeFrames>(script_, frame_period),
                            MakeRegionExtractor(region),
                            {.must_open = must_open,
                             .first_retry = milliseconds(0),
                             .longest_retry = milliseconds(0)},
                            clock_);
  }
  /// A camera that has shown `value`.
  void Open(std::uint8_t value, std::chrono::nanoseconds frame_period = {}) {
    script_->Show(value);
    auto source = TryOpen(false, frame_period);
    ASSERT_TRUE(source.ok()) << source.message();
    source_ = std::move(*source);
  }
  void Begin(double ticks_per_second) {
    source_->Begin({clock_.Now(), ticks_per_second, kFirst}, kFirst - 1);
  }
  /// The tick that comes next shows `value`.
  void ExpectTick(Tick tick, std::uint8_t value) {
    const auto next = source_->Next();
    ASSERT_TRUE(next.has_value());
    EXPECT_TRUE(next->camera_up);
    EXPECT_EQ(next->tick, tick);
    ASSERT_EQ(next->views.size(), 1U);
    EXPECT_EQ(next->views[0].object, 0);
    EXPECT_EQ(next->views[0].view[0], value);
  }
  void ExpectDown() {
    const auto next = source_->Next();
    ASSERT_TRUE(next.has_value());
    EXPECT_FALSE(next->camera_up);
    EXPECT_TRUE(next->views.empty());
  }

  ManualClock clock_;
  const std::shared_ptr<CameraScript> script_ =
      std::make_shared<CameraScript>();
  std::unique_ptr<LiveSource> source_;
};

TEST_F(LiveSourceTest, NewestImageWins) {
  Open(10);
  script_->Show(20);
  script_->Show(30);
  script_->AwaitReads(4);
  Begin(10);
  ExpectTick(kFirst, 30);
  EXPECT_EQ(source_->stats().frames_captured, 3U);
  EXPECT_EQ(source_->stats().frames_replaced, 2U);
  EXPECT_EQ(source_->stats().last_frame, clock_.Now());
}

TEST_F(LiveSourceTest, PacedTickShowsAFreshImageAgain) {
  Open(10);
  Begin(10);
  ExpectTick(kFirst, 10);
  clock_.Advance(milliseconds(100));
  ExpectTick(kFirst + 1, 10);
}

TEST_F(LiveSourceTest, WhenAnImageWasTakenIsToldAtItsFirstTick) {
  Open(10);
  const Instant taken = clock_.Now();
  Begin(10);
  EXPECT_EQ(source_->Next()->captured, taken);
  clock_.Advance(milliseconds(100));
  EXPECT_EQ(source_->Next()->captured, std::nullopt);
}

TEST_F(LiveSourceTest, TicksThatPassedAreMissed) {
  Open(10);
  Begin(10);
  ExpectTick(kFirst, 10);
  clock_.Advance(milliseconds(500));
  ExpectTick(kFirst + 5, 10);
  EXPECT_EQ(source_->stats().ticks_missed, 4U);
}

TEST_F(LiveSourceTest, UnpacedTickWaitsForTheWatermarkAndANewImage) {
  Open(10);
  Begin(0);
  ExpectTick(kFirst, 10);
  auto next = std::async(std::launch::async, [&] { return source_->Next(); });
  script_->Show(20);
  source_->OnDecided(kFirst);
  const auto second = next.get();
  EXPECT_EQ(second->tick, kFirst + 1);
  EXPECT_EQ(second->views[0].view[0], 20);
}

TEST_F(LiveSourceTest, SilentCameraIsDownAndBackWithItsNextImage) {
  Open(10);
  Begin(10);
  ExpectTick(kFirst, 10);
  clock_.Advance(seconds(2));
  ExpectDown();
  clock_.Advance(seconds(1));
  ExpectDown();
  script_->Show(20);
  script_->AwaitReads(3);
  clock_.Advance(milliseconds(100));
  ExpectTick(kFirst + 31, 20);
  EXPECT_EQ(source_->stats().ticks_missed, 0U);
}

TEST_F(LiveSourceTest, DownIsToldBeforeTheGroupBegins) {
  Open(10);
  clock_.Advance(seconds(2));
  ExpectDown();
}

TEST_F(LiveSourceTest, FailureIsHealedByOpeningAgain) {
  Open(10);
  script_->Fail("unplugged");
  script_->Show(20);
  script_->AwaitReads(4);
  EXPECT_EQ(script_->opens(), 2);
  EXPECT_EQ(source_->stats().restarts, 1U);
  Begin(10);
  ExpectTick(kFirst, 20);
}

TEST_F(LiveSourceTest, CameraThatIsAbsentAtTheStartIsWaitedFor) {
  script_->Unplug("no such camera");
  auto source = TryOpen();
  ASSERT_TRUE(source.ok());
  source_ = std::move(*source);
  clock_.Advance(seconds(2));
  ExpectDown();
  script_->AwaitOpens(3);
  EXPECT_EQ(source_->stats().restarts, 0U);
}

TEST_F(LiveSourceTest, FileThatIsAbsentAtTheStartIsAFailure) {
  script_->Unplug("no such file");
  const auto source = TryOpen(/*must_open=*/true);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error(), Error::kNotFound);
  EXPECT_EQ(source.message(), "no such file");
}

TEST_F(LiveSourceTest, WhatIsShownOnceEndsAndIsNotOpenedAgain) {
  Open(10);
  script_->End();
  Begin(10);
  ExpectTick(kFirst, 10);
  clock_.Advance(milliseconds(100));
  // Only the first tick was certain to come before the end.
  auto next = source_->Next();
  if (next->camera_up) {
    clock_.Advance(seconds(2));
    next = source_->Next();
  }
  EXPECT_FALSE(next->camera_up);
  EXPECT_EQ(script_->opens(), 1);
  EXPECT_EQ(source_->stats().restarts, 0U);
}

TEST_F(LiveSourceTest, FileWaitsForTheGroup) {
  Open(10, milliseconds(40));
  clock_.Advance(std::chrono::hours(1));
  Begin(10);
  ExpectTick(kFirst, 10);
  EXPECT_EQ(source_->stats().frames_captured, 1U);
}

TEST_F(LiveSourceTest, RegionOutsideTheFirstImageIsAConfigError) {
  script_->Show(10);
  try {
    (void)TryOpen(false, {}, {.x = 60, .width = 10}).ok();
    FAIL() << "no error";
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(),
                HasSubstr("views.region.x = 60, views.region.width = 10"));
    EXPECT_THAT(e.what(), HasSubstr("64"));
  }
}

TEST_F(LiveSourceTest, ImageThatBecomesTooSmallForTheRegionIsAFailure) {
  script_->Show(SolidFrame(10, 64, 48));
  script_->Show(SolidFrame(20, 32, 48));
  auto source = TryOpen(false, {}, {.x = 60, .width = 4});
  ASSERT_TRUE(source.ok());
  source_ = std::move(*source);
  script_->AwaitOpens(2);
  EXPECT_EQ(source_->stats().frames_captured, 1U);
}

TEST_F(LiveSourceTest, StopEndsAWaitingNext) {
  Open(10);
  auto next = std::async(std::launch::async, [&] { return source_->Next(); });
  source_->Stop();
  EXPECT_FALSE(next.get().has_value());
}

}  // namespace
}  // namespace ddnn

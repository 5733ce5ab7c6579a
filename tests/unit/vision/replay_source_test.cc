#include "core/vision/replay_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "core/vision/dataset_recording.h"
#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Instant kStart{std::chrono::seconds(1'000'000)};

class FixedClock final : public Clock {
 public:
  Instant Now() const override { return kStart; }
};

std::vector<int> Objects(const std::optional<TickViews>& tick) {
  std::vector<int> objects;
  for (const auto& view : tick->views) objects.push_back(view.object);
  return objects;
}

/// Both ways to hold the views.
class ReplaySourceTest : public ::testing::TestWithParam<bool> {
 protected:
  Result<std::unique_ptr<ReplaySource>> Open(int camera, int samples = 0,
                                             int window = 100) const {
    auto data = ReadDataSet(tiny_.root(), Split{"time", "test"});
    if (!data) return data.failure();
    auto recording = DataSetRecording::Open(std::move(*data), camera);
    if (!recording) return recording.failure();
    return ReplaySource::Open(std::move(*recording),
                              {samples, GetParam(), window}, clock_);
  }
  /// A source that has begun with tick 7, unpaced.
  std::unique_ptr<ReplaySource> Begun(int camera, int samples = 0,
                                      int window = 100) const {
    auto source = Open(camera, samples, window);
    EXPECT_TRUE(source.ok()) << source.message();
    (*source)->Begin({kStart, 0.0, 7}, 6);
    return std::move(*source);
  }

  const TinyDataSet tiny_;
  const FixedClock clock_;
};

INSTANTIATE_TEST_SUITE_P(, ReplaySourceTest, ::testing::Bool(),
                         [](const auto& preload) {
                           return preload.param ? "Preloaded" : "FromDisk";
                         });

TEST_P(ReplaySourceTest, ShowsItsCameraTickByTick) {
  const auto cam0 = Begun(0);
  const auto first = cam0->Next();
  EXPECT_EQ(first->tick, 7U);
  EXPECT_THAT(Objects(first), ElementsAre(0));
  EXPECT_EQ(first->views[0].view[0], TinyDataSet::Red(0, 1));
  const auto second = cam0->Next();
  EXPECT_EQ(second->tick, 8U);
  EXPECT_THAT(Objects(second), ElementsAre(0));
  EXPECT_EQ(second->views[0].view[0], TinyDataSet::Red(0, 2));
}

TEST_P(ReplaySourceTest, ObjectNumbersAreTheGroups) {
  const auto cam1 = Begun(1);
  EXPECT_THAT(Objects(cam1->Next()), ElementsAre(0, 1));
  EXPECT_THAT(Objects(cam1->Next()), ElementsAre(1));
}

TEST(EmptyReplayTest, ARecordingWithoutThingsIsShownOnce) {
  struct Nothing final : Recording {
    std::size_t ticks() const override { return 3; }
    std::size_t ObjectsAt(std::size_t) const override { return 0; }
    Result<std::vector<TickViews::ObjectView>> ReadViews(
        std::size_t) const override {
      return std::vector<TickViews::ObjectView>{};
    }
  };
  const FixedClock clock;
  const auto source =
      ReplaySource::Open(std::make_unique<Nothing>(), {.samples = 5}, clock);
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->length(), 3U);
}

TEST_P(ReplaySourceTest, LengthIsTheTicksOfTheSplit) {
  EXPECT_EQ((*Open(0))->length(), 2U);
}

TEST_P(ReplaySourceTest, MoreSamplesThanThereAreRepeatTheReplay) {
  // Two samples a tick: 4 + 3 samples are four ticks, the last one cut.
  const auto cam1 = Begun(1, 7);
  EXPECT_EQ(cam1->length(), 4U);
  for (int i = 0; i < 2; ++i) (void)cam1->Next();
  EXPECT_THAT(Objects(cam1->Next()), ElementsAre(0, 1));
  const auto last = cam1->Next();
  EXPECT_EQ(last->tick, 10U);
  EXPECT_THAT(Objects(last), ElementsAre());  // object 1 is cut
}

TEST_P(ReplaySourceTest, FewerSamplesEndTheReplayEarly) {
  EXPECT_EQ((*Open(0, 2))->length(), 1U);
  const auto cam1 = Begun(1, 1);
  EXPECT_EQ(cam1->length(), 1U);
  EXPECT_THAT(Objects(cam1->Next()), ElementsAre(0));
}

TEST_P(ReplaySourceTest, WaitsForTheWatermark) {
  const auto source = Begun(0, 0, 1);
  EXPECT_EQ(source->Next()->tick, 7U);
  auto next = std::async(std::launch::async, [&] { return source->Next(); });
  source->OnDecided(7);
  EXPECT_EQ(next.get()->tick, 8U);
}

TEST_P(ReplaySourceTest, StopEndsAWaitingNext) {
  const auto source = Open(0);
  ASSERT_TRUE(source.ok());
  auto next = std::async(std::launch::async, [&] { return (*source)->Next(); });
  (*source)->Stop();
  EXPECT_FALSE(next.get().has_value());
}

TEST_P(ReplaySourceTest, StopEndsAWaitForADistantInstant) {
  const auto source = Open(0);
  ASSERT_TRUE(source.ok());
  (*source)->Begin({Instant::max() - std::chrono::hours(1), 1.0, 7}, 6);
  auto next = std::async(std::launch::async, [&] { return (*source)->Next(); });
  (*source)->Stop();
  EXPECT_FALSE(next.get().has_value());
}

TEST_P(ReplaySourceTest, BeginsAgainAfterItsEnd) {
  const auto source = Begun(0, 1);
  EXPECT_EQ(source->Next()->tick, 7U);
  source->Begin({kStart, 0.0, 70}, 69);
  EXPECT_EQ(source->Next()->tick, 70U);
}

TEST_P(ReplaySourceTest, MissingFrameOfItsCameraIsNamed) {
  std::filesystem::remove(tiny_.FramePath(1, 2));
  const auto source = Open(1);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error(), Error::kNotFound);
  EXPECT_THAT(source.message(), HasSubstr("c1/00000002.jpg"));
  EXPECT_TRUE(Open(0).ok());
}

TEST(ReplaySourceRunTest, FrameThatVanishesIsSkippedAndCounted) {
  const TinyDataSet tiny;
  const FixedClock clock;
  auto data = ReadDataSet(tiny.root(), Split{"time", "test"});
  ASSERT_TRUE(data.ok()) << data.message();
  auto recording = DataSetRecording::Open(std::move(*data), 0);
  ASSERT_TRUE(recording.ok()) << recording.message();
  const auto source =
      ReplaySource::Open(std::move(*recording), {0, false, 100}, clock);
  ASSERT_TRUE(source.ok()) << source.message();
  std::filesystem::remove(tiny.FramePath(0, 1));
  (*source)->Begin({kStart, 0.0, 7}, 6);
  EXPECT_EQ((*source)->Next()->tick, 8U);
  EXPECT_EQ((*source)->stats().frames_unreadable, 1U);
}

TEST(ReplaySourceRunTest, UnreadableFrameEndsThePreload) {
  const TinyDataSet tiny;
  const FixedClock clock;
  tiny.Write("frames/c0/00000001.png", "no image");
  auto data = ReadDataSet(tiny.root());
  ASSERT_TRUE(data.ok()) << data.message();
  auto recording = DataSetRecording::Open(std::move(*data), 0);
  ASSERT_TRUE(recording.ok()) << recording.message();
  const auto source =
      ReplaySource::Open(std::move(*recording), {0, true, 100}, clock);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error(), Error::kUnreadable);
  EXPECT_THAT(source.message(), HasSubstr("c0/00000001.png"));
}

}  // namespace
}  // namespace ddnn

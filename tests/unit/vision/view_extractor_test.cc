#include "core/vision/view_extractor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/vision/crop.h"
#include "tests/unit/vision/fake_frames.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kWidth = 640;
constexpr int kHeight = 480;

void Paint(Frame* frame, int x, int y, int side, std::uint8_t value) {
  for (int row = y; row < y + side; ++row) {
    for (int column = 3 * x; column < 3 * (x + side); ++column) {
      frame->bgr[static_cast<std::size_t>(row * 3 * frame->width + column)] =
          value;
    }
  }
}

Frame Background() { return SolidFrame(100, kWidth, kHeight); }

/// Motion that knows its background.
std::unique_ptr<ViewExtractor> TaughtMotion(const MotionOptions& options = {}) {
  auto motion = MakeMotionExtractor(options);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(motion->Extract(Background()).empty());
  }
  return motion;
}

int MiddleOf(const View& view) { return view[32 * 16 + 16]; }

TEST(RegionTest, WholeImageIsTheDefault) {
  const auto region = MakeRegionExtractor({});
  Frame frame = Background();
  Paint(&frame, 0, 0, 40, 200);
  const auto views = region->Extract(frame);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].object, 0);
  EXPECT_EQ(views[0].view, *CropView(frame, {0, 0, kWidth, kHeight}, 0));
}

TEST(RegionTest, OnlyTheRegionIsShown) {
  const auto region = MakeRegionExtractor({300, 200, 50, 40});
  Frame frame = Background();
  Paint(&frame, 300, 200, 50, 200);
  const auto views = region->Extract(frame);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].view[0], 200);
  EXPECT_EQ(views[0].view[3 * 32 * 32 - 1], 200);
}

TEST(RegionTest, RegionUpToTheImagesEdgeFits) {
  EXPECT_TRUE(CheckRegion({600, 400, 40, 80}, kWidth, kHeight).ok());
  EXPECT_TRUE(CheckRegion({639, 479, 0, 0}, kWidth, kHeight).ok());
}

TEST(RegionTest, RegionBeyondTheImageNamesKeysAndBothSizes) {
  const auto wide = CheckRegion({600, 0, 41, 0}, kWidth, kHeight);
  ASSERT_FALSE(wide.ok());
  EXPECT_EQ(wide.error(), Error::kOutOfRange);
  EXPECT_THAT(wide.message(), AllOf(HasSubstr("views.region.x = 600"),
                                    HasSubstr("views.region.width = 41"),
                                    HasSubstr("width is 640")));
  const auto low = CheckRegion({0, 480, 0, 0}, kWidth, kHeight);
  ASSERT_FALSE(low.ok());
  EXPECT_THAT(low.message(), AllOf(HasSubstr("views.region.y = 480"),
                                   HasSubstr("height is 480")));
}

TEST(MotionTest, SceneAtRestShowsNothing) {
  EXPECT_TRUE(TaughtMotion()->Extract(Background()).empty());
}

TEST(MotionTest, ThingThatComesIsCutOut) {
  const auto motion = TaughtMotion();
  Frame frame = Background();
  Paint(&frame, 400, 300, 80, 250);
  const auto views = motion->Extract(frame);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].object, 0);
  EXPECT_EQ(MiddleOf(views[0].view), 250);
  // The box is the thing's own, but for the coarseness of the small copy.
  int background = 0;
  for (const auto pixel : views[0].view) background += pixel < 200 ? 1 : 0;
  EXPECT_LT(background, 3 * 32 * 32 / 5);
}

TEST(MotionTest, LargestThingIsObjectZero) {
  const auto motion = TaughtMotion();
  Frame frame = Background();
  Paint(&frame, 20, 20, 60, 200);
  Paint(&frame, 400, 300, 100, 250);
  const auto views = motion->Extract(frame);
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].object, 0);
  EXPECT_EQ(MiddleOf(views[0].view), 250);
  EXPECT_EQ(views[1].object, 1);
  EXPECT_EQ(MiddleOf(views[1].view), 200);
}

TEST(MotionTest, NoMoreObjectsThanAllowed) {
  const auto motion = TaughtMotion({.max_objects = 1});
  Frame frame = Background();
  Paint(&frame, 20, 20, 60, 200);
  Paint(&frame, 400, 300, 100, 250);
  const auto views = motion->Extract(frame);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(MiddleOf(views[0].view), 250);
}

TEST(MotionTest, SmallThingsAreLeftOut) {
  const auto motion = TaughtMotion({.min_area = 0.05});
  Frame frame = Background();
  Paint(&frame, 400, 300, 80, 250);  // 2 % of the image
  EXPECT_TRUE(motion->Extract(frame).empty());
}

TEST(MotionTest, ThingThatStandsStillBecomesBackgroundAfterAboutFiftyImages) {
  const auto motion = TaughtMotion();
  Frame frame = Background();
  Paint(&frame, 400, 300, 80, 250);
  int images = 0;
  while (images < 200 && !motion->Extract(frame).empty()) ++images;
  EXPECT_NEAR(images, 53, 5);
}

TEST(MotionTest, OnlyTheRegionIsWatched) {
  const auto motion = TaughtMotion({.region = {0, 0, 320, 480}});
  Frame frame = Background();
  Paint(&frame, 400, 300, 80, 250);
  EXPECT_TRUE(motion->Extract(frame).empty());
  Paint(&frame, 200, 300, 80, 200);
  const auto views = motion->Extract(frame);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(MiddleOf(views[0].view), 200);
}

TEST(MotionTest, LightThatIsSwitchedOnShowsNothing) {
  const auto motion = TaughtMotion();
  EXPECT_TRUE(motion->Extract(SolidFrame(220, kWidth, kHeight)).empty());
}

TEST(MotionTest, FirstImagesTeachOnly) {
  const auto motion = MakeMotionExtractor({});
  Frame frame = Background();
  EXPECT_TRUE(motion->Extract(frame).empty());
  Paint(&frame, 400, 300, 80, 250);
  EXPECT_TRUE(motion->Extract(frame).empty());
}

TEST(MotionTest, ImagesOfAnotherSizeStartAnew) {
  const auto motion = TaughtMotion();
  EXPECT_TRUE(motion->Extract(SolidFrame(100, 500, 100)).empty());
  EXPECT_TRUE(motion->Extract(SolidFrame(100, 9, 400)).empty());
}

TEST(MotionTest, SameImagesGiveTheSameViews) {
  const auto one = TaughtMotion();
  const auto other = TaughtMotion();
  for (int i = 0; i < 10; ++i) {
    Frame frame = Background();
    Paint(&frame, 40 * i, 100, 60, 220);
    Paint(&frame, 500 - 40 * i, 350, 60, 30);
    const auto views = one->Extract(frame);
    const auto again = other->Extract(frame);
    ASSERT_EQ(views.size(), again.size());
    EXPECT_FALSE(views.empty());
    for (std::size_t k = 0; k < views.size(); ++k) {
      EXPECT_EQ(views[k].view, again[k].view);
    }
  }
}

}  // namespace
}  // namespace ddnn

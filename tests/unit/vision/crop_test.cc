#include "core/vision/crop.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace ddnn {
namespace {

constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;

/// Blue x, green y, red 3 at pixel (x, y).
Frame GradientFrame(int width, int height) {
  Frame frame{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      frame.bgr.push_back(static_cast<std::uint8_t>(x));
      frame.bgr.push_back(static_cast<std::uint8_t>(y));
      frame.bgr.push_back(3);
    }
  }
  return frame;
}

int Red(const View& view, std::size_t y, std::size_t x) {
  return view[y * kViewSide + x];
}
int Green(const View& view, std::size_t y, std::size_t x) {
  return view[kPlane + y * kViewSide + x];
}
int Blue(const View& view, std::size_t y, std::size_t x) {
  return view[2 * kPlane + y * kViewSide + x];
}

TEST(CropTest, BoxOfViewSizeIsCopiedAsPlanesOfRedGreenBlue) {
  const auto view = CropView(GradientFrame(100, 80), {10, 20, 42, 52}, 0);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(Red(*view, 5, 9), 3);
  EXPECT_EQ(Green(*view, 5, 9), 20 + 5);
  EXPECT_EQ(Blue(*view, 5, 9), 10 + 9);
}

TEST(CropTest, CornersAreTruncated) {
  const Frame frame = GradientFrame(100, 80);
  EXPECT_EQ(*CropView(frame, {10.9, 20.9, 42.9, 52.9}, 0),
            *CropView(frame, {10, 20, 42, 52}, 0));
}

TEST(CropTest, WideningIsHorizontalOnly) {
  const Frame frame = GradientFrame(100, 80);
  EXPECT_EQ(*CropView(frame, {13, 20, 39, 52}, 3),
            *CropView(frame, {10, 20, 42, 52}, 0));
}

TEST(CropTest, BoxIsClippedToTheFrame) {
  const Frame frame = GradientFrame(64, 40);
  EXPECT_EQ(*CropView(frame, {-5, -7, 90, 70}, 3),
            *CropView(frame, {0, 0, 64, 40}, 0));
}

/// Of each four rows the outer two are 200, the inner two 0: four rows have
/// the mean 100, and 0 half-way between the inner ones.
Frame StripedFrame(int width) {
  Frame frame{width, 128, {}};
  for (int y = 0; y < frame.height; ++y) {
    const bool outer = y % 4 == 0 || y % 4 == 3;
    frame.bgr.insert(frame.bgr.end(), static_cast<std::size_t>(3 * width),
                     outer ? 200 : 0);
  }
  return frame;
}

TEST(CropTest, AreasAreAveragedWhereBothSidesAreLongEnough) {
  const auto view = CropView(StripedFrame(32), {0, 0, 32, 128}, 0);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(Green(*view, 7, 7), 100);
}

TEST(CropTest, OneShortSideIsEnoughToInterpolate) {
  const auto view = CropView(StripedFrame(31), {0, 0, 31, 128}, 0);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(Green(*view, 7, 7), 0);
}

TEST(CropTest, BoxOutsideTheFrameIsOutOfRange) {
  const Frame frame = GradientFrame(64, 40);
  EXPECT_EQ(CropView(frame, {64, 0, 80, 20}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(CropView(frame, {0, -20, 20, -1}, 0).error(), Error::kOutOfRange);
}

TEST(CropTest, BoxWithinOnePixelColumnIsOutOfRange) {
  EXPECT_EQ(CropView(GradientFrame(64, 40), {10.1, 5, 10.9, 20}, 0).error(),
            Error::kOutOfRange);
}

}  // namespace
}  // namespace ddnn

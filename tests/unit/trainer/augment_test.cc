#include "trainer/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace ddnn {
namespace {

constexpr std::size_t kPlane = std::size_t{kViewSide} * kViewSide;

/// Every pixel its own value below 200; the first is 200, the brightest.
View MakeView() {
  View view{};
  for (std::size_t i = 0; i < view.size(); ++i) {
    view[i] = static_cast<std::uint8_t>((i * 7 + i / kPlane) % 199);
  }
  view[0] = 200;
  return view;
}

std::vector<float> Applied(const Augmentation& augmentation) {
  const View view = MakeView();
  std::vector<float> out(view.size());
  ApplyAugmentation(augmentation, view, out);
  return out;
}

std::size_t At(std::size_t channel, std::size_t y, std::size_t x) {
  return channel * kPlane + y * kViewSide + x;
}

Recipe Plain() {
  Recipe recipe;
  recipe.flip = 0;
  recipe.shift = 0;
  return recipe;
}

TEST(ApplyAugmentationTest, NothingLeavesTheViewDividedByItsLargest) {
  const View view = MakeView();
  const auto out = Applied({});
  for (std::size_t i = 0; i < view.size(); ++i) {
    EXPECT_FLOAT_EQ(out[i], static_cast<float>(view[i]) / 200);
  }
}

TEST(ApplyAugmentationTest, MirrorSwapsLeftAndRight) {
  const auto plain = Applied({});
  const auto mirrored = Applied({.mirror = true});
  EXPECT_FLOAT_EQ(mirrored[At(1, 5, 3)], plain[At(1, 5, kViewSide - 1 - 3)]);
}

TEST(ApplyAugmentationTest, ShiftMovesAndRepeatsTheBorder) {
  const auto plain = Applied({});
  const auto moved = Applied({.shift_x = 2, .shift_y = 3});
  EXPECT_FLOAT_EQ(moved[At(2, 10, 12)], plain[At(2, 7, 10)]);
  EXPECT_FLOAT_EQ(moved[At(2, 1, 1)], plain[At(2, 0, 0)]);
}

TEST(ApplyAugmentationTest, ABlackViewStaysBlack) {
  const View black{};
  std::vector<float> out(black.size(), 1);
  ApplyAugmentation({}, black, out);
  EXPECT_EQ(*std::max_element(out.begin(), out.end()), 0);
}

TEST(DrawAugmentationTest, NothingIsDrawnWhereNothingIsAllowed) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100; ++i) {
    const Augmentation a = DrawAugmentation(Plain(), &random);
    EXPECT_FALSE(a.mirror);
    EXPECT_EQ(a.shift_x, 0);
    EXPECT_EQ(a.shift_y, 0);
  }
}

TEST(DrawAugmentationTest, StaysWithinWhatIsAllowedAndReachesIt) {
  Recipe recipe = Plain();
  recipe.shift = 3;
  std::mt19937_64 random(1);
  int least = 0;
  int most = 0;
  for (int i = 0; i < 500; ++i) {
    const Augmentation a = DrawAugmentation(recipe, &random);
    least = std::min({least, a.shift_x, a.shift_y});
    most = std::max({most, a.shift_x, a.shift_y});
  }
  EXPECT_EQ(least, -3);
  EXPECT_EQ(most, 3);
}

TEST(DrawShownTest, DropoutTakesItsShareAndNeverAll) {
  Recipe recipe = Plain();
  recipe.device_dropout = 0.5;
  std::mt19937_64 random(1);
  const std::vector<bool> sees{true, true, false};
  int first = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto shown = DrawShown(recipe, sees, &random);
    EXPECT_TRUE(shown[0] || shown[1]);
    EXPECT_FALSE(shown[2]);
    first += shown[0] ? 1 : 0;
  }
  EXPECT_NEAR(first, 750, 60);  // half, and the quarter that would lose all
}

}  // namespace
}  // namespace ddnn

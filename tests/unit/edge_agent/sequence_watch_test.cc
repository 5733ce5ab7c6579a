#include "edge_agent/sequence_watch.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

TEST(SequenceWatchTest, NumbersInOrderAreNoNews) {
  SequenceWatch watch;
  for (std::uint32_t number = 7; number < 20; ++number) {
    const auto verdict = watch.Note(number);
    EXPECT_EQ(verdict.missing, 0U);
    EXPECT_FALSE(verdict.repeated);
  }
}

TEST(SequenceWatchTest, AGapIsCounted) {
  SequenceWatch watch;
  watch.Note(7);
  EXPECT_EQ(watch.Note(11).missing, 3U);
  EXPECT_EQ(watch.Note(12).missing, 0U);
}

TEST(SequenceWatchTest, ARepeatOrAnOlderNumberIsToldAndForgotten) {
  SequenceWatch watch;
  watch.Note(7);
  EXPECT_TRUE(watch.Note(7).repeated);
  EXPECT_TRUE(watch.Note(5).repeated);
  EXPECT_FALSE(watch.Note(8).repeated);
}

TEST(SequenceWatchTest, NumbersWrapAround) {
  SequenceWatch watch;
  watch.Note(UINT32_MAX);
  EXPECT_EQ(watch.Note(1).missing, 1U);
  EXPECT_TRUE(watch.Note(UINT32_MAX).repeated);
}

TEST(SequenceWatchTest, NumbersOfSixteenBitsWrapAroundToo) {
  SequenceWatch watch;
  watch.Note(watch.Nearest(UINT16_MAX - 1));
  EXPECT_EQ(watch.Note(watch.Nearest(1)).missing, 2U);
  EXPECT_TRUE(watch.Note(watch.Nearest(UINT16_MAX)).repeated);
  for (std::uint32_t number = 2; number < 3 * (1U << 16); ++number) {
    const auto low = static_cast<std::uint16_t>(number);
    const auto verdict = watch.Note(watch.Nearest(low));
    ASSERT_EQ(verdict.missing, 0U) << number;
    ASSERT_FALSE(verdict.repeated) << number;
  }
}

TEST(SequenceWatchTest, AFarJumpIsAGapOfUnknownSize) {
  SequenceWatch watch;
  watch.Note(7);
  EXPECT_EQ(watch.Note(7 + SequenceWatch::kLargestGap + 1).missing, 1U);
  EXPECT_EQ(watch.Note(7 + SequenceWatch::kLargestGap + 2).missing, 0U);
}

TEST(SequenceWatchTest, AnotherSenderMayBeginAnywhere) {
  SequenceWatch watch;
  watch.Note(7'000'000);
  watch.Forget();
  const auto verdict = watch.Note(1);
  EXPECT_EQ(verdict.missing, 0U);
  EXPECT_FALSE(verdict.repeated);
}

}  // namespace
}  // namespace ddnn

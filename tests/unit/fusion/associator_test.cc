#include "core/fusion/associator.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

TEST(AssociatorTest, EqualObjectNumbersBelongTogether) {
  const auto samples =
      Associate({{1, {{7, {1, 2}}, {3, {3, 4}}}}, {0, {{7, {5, 6}}}}}, 3);

  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].object, 3);
  EXPECT_EQ(samples[0].sums, (std::vector<Sums>{{}, {3, 4}, {}}));
  EXPECT_EQ(samples[1].object, 7);
  EXPECT_EQ(samples[1].sums, (std::vector<Sums>{{5, 6}, {1, 2}, {}}));
}

TEST(AssociatorTest, FirstOfTwoViewsOfOneObjectCounts) {
  const auto samples = Associate({{0, {{7, {1, 2}}, {7, {3, 4}}}}}, 1);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].sums, (std::vector<Sums>{{1, 2}}));
}

TEST(AssociatorTest, NobodySawAnything) {
  EXPECT_TRUE(Associate({{0, {}}, {1, {}}}, 2).empty());
}

}  // namespace
}  // namespace ddnn

#include "device_agent/tick_ring.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace ddnn {
namespace {

constexpr std::size_t kNoBound = 1'000'000;

constexpr std::size_t kBytes = 1 + 3 * sizeof(Sums::value_type);  // an object

/// Objects whose map is one byte, their mark, as is their first sum.
void Add(TickRing* ring, Tick tick,
         const std::vector<std::pair<ObjectNumber, std::uint8_t>>& marks) {
  TickScores scores{tick, {}};
  std::vector<FeatureMap> maps;
  for (const auto& [object, mark] : marks) {
    scores.views.push_back({object, {mark, 0, 0}});
    maps.emplace_back(MapShape{1, 2, 4}).bits[0] = mark;
  }
  ring->Add(std::move(scores), std::move(maps));
}

int MarkOf(const TickRing& ring, const SampleId& sample) {
  const FeatureMap* map = ring.Find(sample);
  return map == nullptr ? -1 : map->bits[0];
}

TEST(TickRingTest, FindsTheMapOfATickAndObject) {
  TickRing ring(4, kNoBound);
  Add(&ring, 7, {{3, 73}});
  Add(&ring, 8, {{3, 83}});
  EXPECT_EQ(MarkOf(ring, {7, 3}), 73);
  EXPECT_EQ(MarkOf(ring, {8, 3}), 83);
  EXPECT_EQ(MarkOf(ring, {7, 2}), -1);
  EXPECT_EQ(MarkOf(ring, {9, 3}), -1);
}

TEST(TickRingTest, TickWithoutMapsIsKnown) {
  TickRing ring(4, kNoBound);
  Add(&ring, 7, {});
  EXPECT_TRUE(ring.HasTick(7));
  EXPECT_FALSE(ring.HasTick(6));
  EXPECT_FALSE(ring.HasTick(8));
}

TEST(TickRingTest, OldestTickGoesAtTheBoundOfTicks) {
  TickRing ring(2, kNoBound);
  for (const Tick tick : {7U, 8U, 9U}) Add(&ring, tick, {{0, 1}});
  EXPECT_EQ(ring.ticks(), 2U);
  EXPECT_FALSE(ring.HasTick(7));
  EXPECT_EQ(ring.evicted(), 1U);
}

TEST(TickRingTest, OldestTicksGoAtTheBoundOfBytes) {
  TickRing ring(100, 3 * kBytes);
  for (Tick tick = 0; tick < 5; ++tick) Add(&ring, tick, {{0, 1}});
  EXPECT_EQ(ring.bytes(), 3 * kBytes);
  EXPECT_FALSE(ring.HasTick(1));
  EXPECT_TRUE(ring.HasTick(2));
  EXPECT_EQ(ring.evicted(), 2U);
}

TEST(TickRingTest, NewestTickStaysHoweverLarge) {
  TickRing ring(100, 1);
  Add(&ring, 7, {{0, 1}, {1, 2}});
  EXPECT_EQ(MarkOf(ring, {7, 1}), 2);
}

TEST(TickRingTest, DecidedTicksAreForgotten) {
  TickRing ring(9, kNoBound);
  for (const Tick tick : {7U, 8U, 9U}) Add(&ring, tick, {{0, 1}});
  ring.Forget(8);
  EXPECT_FALSE(ring.HasTick(8));
  EXPECT_TRUE(ring.HasTick(9));
  EXPECT_EQ(ring.bytes(), kBytes);
  EXPECT_EQ(ring.evicted(), 0U);
}

TEST(TickRingTest, TickThatComesAgainReplacesWhatItHad) {
  TickRing ring(9, kNoBound);
  for (const Tick tick : {7U, 8U, 9U}) Add(&ring, tick, {{0, 1}});
  Add(&ring, 8, {{0, 2}});
  EXPECT_EQ(MarkOf(ring, {8, 0}), 2);
  EXPECT_EQ(MarkOf(ring, {9, 0}), 1);
  EXPECT_EQ(ring.ticks(), 3U);
  EXPECT_EQ(ring.bytes(), 3 * kBytes);
}

TEST(TickRingTest, ScoresComeInOrderOfTicks) {
  TickRing ring(9, kNoBound);
  for (const Tick tick : {8U, 7U, 9U}) {
    Add(&ring, tick, {{0, static_cast<std::uint8_t>(10 * tick)}});
  }
  ASSERT_EQ(ring.ticks(), 3U);
  EXPECT_EQ(ring.scores(0).tick, 7U);
  EXPECT_EQ(ring.scores(1).tick, 8U);
  EXPECT_EQ(ring.scores(2).views[0].sums[0], 90);
}

TEST(TickRingTest, TicksMayWrapAround) {
  TickRing ring(9, kNoBound);
  Add(&ring, 0xFFFFFFFF, {{0, 1}});
  Add(&ring, 0, {{0, 2}});
  EXPECT_EQ(MarkOf(ring, {0, 0}), 2);
  ring.Forget(0xFFFFFFFF);
  EXPECT_FALSE(ring.HasTick(0xFFFFFFFF));
  EXPECT_TRUE(ring.HasTick(0));
}

TEST(TickRingTest, ClearForgetsAll) {
  TickRing ring(9, kNoBound);
  Add(&ring, 7, {{0, 1}});
  ring.Clear();
  EXPECT_EQ(ring.ticks(), 0U);
  EXPECT_EQ(ring.bytes(), 0U);
}

}  // namespace
}  // namespace ddnn

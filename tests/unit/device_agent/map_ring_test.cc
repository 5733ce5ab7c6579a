#include "device_agent/map_ring.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

constexpr std::size_t kNoBound = 1'000'000;

/// One map of one byte, which is `mark`.
std::vector<MapRing::ObjectMap> Maps(ObjectNumber object, std::uint8_t mark) {
  FeatureMap map(MapShape{1, 2, 4});
  map.bits[0] = mark;
  return {{object, map}};
}

int MarkOf(const MapRing& ring, const SampleId& sample) {
  const FeatureMap* map = ring.Find(sample);
  return map == nullptr ? -1 : map->bits[0];
}

TEST(MapRingTest, FindsTheMapOfATickAndObject) {
  MapRing ring(4, kNoBound);
  ring.Add(7, Maps(3, 73));
  ring.Add(8, Maps(3, 83));
  EXPECT_EQ(MarkOf(ring, {7, 3}), 73);
  EXPECT_EQ(MarkOf(ring, {8, 3}), 83);
  EXPECT_EQ(MarkOf(ring, {7, 2}), -1);
  EXPECT_EQ(MarkOf(ring, {9, 3}), -1);
}

TEST(MapRingTest, TickWithoutMapsIsKnown) {
  MapRing ring(4, kNoBound);
  ring.Add(7, {});
  EXPECT_TRUE(ring.HasTick(7));
  EXPECT_FALSE(ring.HasTick(6));
  EXPECT_FALSE(ring.HasTick(8));
}

TEST(MapRingTest, OldestTickGoesAtTheBoundOfTicks) {
  MapRing ring(2, kNoBound);
  for (const Tick tick : {7U, 8U, 9U}) ring.Add(tick, Maps(0, 1));
  EXPECT_EQ(ring.ticks(), 2U);
  EXPECT_FALSE(ring.HasTick(7));
  EXPECT_EQ(ring.evicted(), 1U);
}

TEST(MapRingTest, OldestTicksGoAtTheBoundOfBytes) {
  MapRing ring(100, 3);
  for (Tick tick = 0; tick < 5; ++tick) ring.Add(tick, Maps(0, 1));
  EXPECT_EQ(ring.bytes(), 3U);
  EXPECT_FALSE(ring.HasTick(1));
  EXPECT_TRUE(ring.HasTick(2));
  EXPECT_EQ(ring.evicted(), 2U);
}

TEST(MapRingTest, NewestTickStaysHoweverLarge) {
  MapRing ring(100, 1);
  auto maps = Maps(0, 1);
  maps.push_back(Maps(1, 2).front());
  ring.Add(7, maps);
  EXPECT_EQ(MarkOf(ring, {7, 1}), 2);
}

TEST(MapRingTest, DecidedTicksAreForgotten) {
  MapRing ring(9, kNoBound);
  for (const Tick tick : {7U, 8U, 9U}) ring.Add(tick, Maps(0, 1));
  ring.Forget(8);
  EXPECT_FALSE(ring.HasTick(8));
  EXPECT_TRUE(ring.HasTick(9));
  EXPECT_EQ(ring.bytes(), 1U);
  EXPECT_EQ(ring.evicted(), 0U);
}

TEST(MapRingTest, TickThatIsOfferedAgainReplacesItsMaps) {
  MapRing ring(9, kNoBound);
  for (const Tick tick : {7U, 8U, 9U}) ring.Add(tick, Maps(0, 1));
  ring.Add(8, Maps(0, 2));
  EXPECT_EQ(MarkOf(ring, {8, 0}), 2);
  EXPECT_EQ(MarkOf(ring, {9, 0}), 1);
  EXPECT_EQ(ring.ticks(), 3U);
  EXPECT_EQ(ring.bytes(), 3U);
}

TEST(MapRingTest, TicksMayWrapAround) {
  MapRing ring(9, kNoBound);
  ring.Add(0xFFFFFFFF, Maps(0, 1));
  ring.Add(0, Maps(0, 2));
  EXPECT_EQ(MarkOf(ring, {0, 0}), 2);
  ring.Forget(0xFFFFFFFF);
  EXPECT_FALSE(ring.HasTick(0xFFFFFFFF));
  EXPECT_TRUE(ring.HasTick(0));
}

TEST(MapRingTest, ClearForgetsAll) {
  MapRing ring(9, kNoBound);
  ring.Add(7, Maps(0, 1));
  ring.Clear();
  EXPECT_EQ(ring.ticks(), 0U);
  EXPECT_EQ(ring.bytes(), 0U);
}

}  // namespace
}  // namespace ddnn

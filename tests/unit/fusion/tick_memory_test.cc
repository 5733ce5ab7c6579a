#include "core/fusion/tick_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TickMemoryTest, OnlyUnknownObjectsAreFresh) {
  TickMemory memory(0);
  EXPECT_THAT(memory.Learn(5, {2, 1}), ElementsAre(2, 1));
  EXPECT_THAT(memory.Learn(5, {1, 3, 3}), ElementsAre(3));
  EXPECT_THAT(memory.Learn(4, {1}), ElementsAre(1));
}

TEST(TickMemoryTest, TicksBeforeTheFirstAreForgotten) {
  TickMemory memory(10);
  EXPECT_THAT(memory.Learn(9, {1}), IsEmpty());
}

TEST(TickMemoryTest, OldestTicksAreForgotten) {
  TickMemory memory(0);
  for (Tick tick = 0; tick <= TickMemory::kMaxTicks; ++tick) {
    memory.Learn(tick, {1});
  }
  EXPECT_THAT(memory.Learn(0, {2}), IsEmpty());
  EXPECT_THAT(memory.Learn(1, {2}), ElementsAre(2));
}

TEST(TickMemoryTest, ManyObjectsForgetOldTicksToo) {
  TickMemory memory(0);
  std::vector<ObjectNumber> all(TickMemory::kMaxObjects / 2);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = static_cast<ObjectNumber>(i);
  }
  memory.Learn(0, all);
  memory.Learn(1, all);
  memory.Learn(2, {1});
  EXPECT_THAT(memory.Learn(0, {65535}), IsEmpty());
}

TEST(TickMemoryTest, WrapsAround) {
  TickMemory memory(0xFFFFFFFF);
  EXPECT_THAT(memory.Learn(0xFFFFFFFF, {1}), ElementsAre(1));
  EXPECT_THAT(memory.Learn(0, {1}), ElementsAre(1));
  EXPECT_THAT(memory.Learn(0xFFFFFFFE, {1}), IsEmpty());
}

}  // namespace
}  // namespace ddnn

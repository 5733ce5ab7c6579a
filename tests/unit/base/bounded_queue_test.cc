#include "core/base/bounded_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace ddnn {
namespace {

using Queue = BoundedQueue<int>;
using std::chrono::steady_clock;

TEST(BoundedQueueTest, HandsOutItemsInOrder) {
  Queue queue(2, Queue::Policy::kDropNewest);
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), 2);
}

TEST(BoundedQueueTest, DropNewestRefusesTheItemAtTheBound) {
  Queue queue(1, Queue::Policy::kDropNewest);
  queue.TryPush(1);
  EXPECT_FALSE(queue.TryPush(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST(BoundedQueueTest, DropOldestKeepsTheNewestItems) {
  Queue queue(2, Queue::Policy::kDropOldest);
  queue.TryPush(1);
  queue.TryPush(2);
  EXPECT_FALSE(queue.TryPush(3));
  EXPECT_EQ(queue.Pop(), 2);
  EXPECT_EQ(queue.Pop(), 3);
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST(BoundedQueueTest, PastDeadlineReturnsNothingAtOnce) {
  Queue queue(1, Queue::Policy::kDropNewest);
  EXPECT_EQ(queue.PopUntil(steady_clock::now()), std::nullopt);
}

TEST(BoundedQueueTest, ClosedQueueStillHandsOutWhatItHolds) {
  Queue queue(2, Queue::Policy::kDropNewest);
  queue.TryPush(1);
  queue.Close();
  EXPECT_FALSE(queue.TryPush(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueueTest, ClosingWakesAWaitingConsumer) {
  Queue queue(1, Queue::Policy::kDropNewest);
  std::jthread closer([&queue] { queue.Close(); });
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueueTest, NothingIsLostBetweenTwoThreadsBelowTheBound) {
  Queue queue(1000, Queue::Policy::kDropNewest);
  std::jthread producer([&queue] {
    for (int i = 0; i < 1000; ++i) queue.TryPush(i);
  });
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(queue.Pop(), i);
}

}  // namespace
}  // namespace ddnn

#include "core/base/retry.h"

#include <gtest/gtest.h>

#include <set>

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BackoffTest, DoublesUpToTheLongestWithinHalfOfIt) {
  Backoff backoff(milliseconds(100), milliseconds(1000), 1);
  for (const int base : {100, 200, 400, 800, 1000, 1000, 1000}) {
    const auto delay = backoff.Next();
    EXPECT_GE(delay, milliseconds(base / 2));
    EXPECT_LE(delay, milliseconds(base * 3 / 2));
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(150));
}

TEST(BackoffTest, OnlyWhatWasStableEarnsQuickAttempts) {
  Backoff backoff(milliseconds(100), milliseconds(1000), 1);
  const auto after = [&](milliseconds held) {
    return backoff.NextAfter(held, seconds(5));
  };
  for (int i = 0; i < 4; ++i) after(milliseconds(4999));
  EXPECT_GE(after(milliseconds(0)), milliseconds(500));
  EXPECT_LE(after(seconds(5)), milliseconds(150));
  EXPECT_GE(after(milliseconds(4999)), milliseconds(100));  // 200 +- 50 %
}

TEST(BackoffTest, AgentsDoNotComeBackAllAtOnce) {
  std::set<milliseconds> delays;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    delays.insert(Backoff(milliseconds(100), milliseconds(1000), seed).Next());
  }
  EXPECT_GT(delays.size(), 10U);
}

TEST(LogLimiterTest, FirstEventIsLoggedAndLaterOnesAreSummedUp) {
  const std::chrono::steady_clock::time_point start{};
  LogLimiter limiter;
  EXPECT_EQ(limiter.Admit(start), 1U);
  EXPECT_FALSE(limiter.Admit(start + seconds(1)));
  EXPECT_FALSE(limiter.Admit(start + seconds(9)));
  EXPECT_EQ(limiter.Admit(start + seconds(10)), 3U);
}

}  // namespace
}  // namespace ddnn

#include "bench/fleet/usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ddnn {
namespace {

TEST(UsageTest, OfThisProcessIsNotNothing) {
  EXPECT_GT(UsageOf(::getpid()).rss_mib, 1);
}

TEST(UsageTest, OfNoProcessIsNothing) { EXPECT_EQ(UsageOf(-1).rss_mib, 0); }

TEST(LoadTest, IsTheSumAndTheLargestOfItsProcesses) {
  const Load load = LoadBetween({{.cpu_s = 1.0, .rss_mib = 5}, {2.0, 6}},
                                {{.cpu_s = 1.5, .rss_mib = 7}, {5.0, 9}}, 10);
  EXPECT_EQ(load.processes, 2);
  EXPECT_DOUBLE_EQ(load.cpu_percent, 35);
  EXPECT_DOUBLE_EQ(load.cpu_percent_max, 30);
  EXPECT_DOUBLE_EQ(load.rss_mib, 16);
  EXPECT_DOUBLE_EQ(load.rss_mib_max, 9);
}

}  // namespace
}  // namespace ddnn

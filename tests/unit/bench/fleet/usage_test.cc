#include "bench/fleet/usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ddnn {
namespace {

TEST(UsageTest, ReadsTimesAndPagesBehindAnyName) {
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page_mib =
      static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
  const auto usage = ParseUsage(
      "42 (a) R (b) S 1 42 42 0 -1 4194560 500 0 3 0 250 50 0 0 20 0 3 0 999 "
      "80000000 2560 18446744073709551615 1 1 0");
  ASSERT_TRUE(usage);
  EXPECT_DOUBLE_EQ(usage->cpu_s, 300 / ticks_per_s);
  EXPECT_DOUBLE_EQ(usage->rss_mib, 2560 * page_mib);
}

TEST(UsageTest, WhatIsNoStatIsRefused) {
  EXPECT_FALSE(ParseUsage(""));
  EXPECT_FALSE(ParseUsage("42 (name"));
  EXPECT_FALSE(ParseUsage("42 (name) S 1 2 3"));
  EXPECT_FALSE(ParseUsage("42 (name) S one two"));
}

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

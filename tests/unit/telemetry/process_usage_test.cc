#include "core/telemetry/process_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace ddnn {
namespace {

TEST(ProcessUsageTest, ReadsTimesAndMemoryBehindAnyName) {
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  const auto usage = ParseProcessStat(
      "42 (a) R (b) S 1 42 42 0 -1 4194560 500 0 3 0 250 50 0 0 20 0 3 0 999 "
      "80000000 2560 18446744073709551615 1 1 0");
  ASSERT_TRUE(usage);
  EXPECT_DOUBLE_EQ(usage->cpu_seconds, 300 / ticks_per_s);
  EXPECT_DOUBLE_EQ(usage->start_seconds, 999 / ticks_per_s);
  EXPECT_DOUBLE_EQ(usage->virtual_bytes, 80000000);
  EXPECT_DOUBLE_EQ(usage->resident_bytes, 2560 * page);
}

TEST(ProcessUsageTest, WhatIsNoStatIsRefused) {
  EXPECT_FALSE(ParseProcessStat(""));
  EXPECT_FALSE(ParseProcessStat("42 (name"));
  EXPECT_FALSE(ParseProcessStat("42 (name) S 1 2 3"));
  EXPECT_FALSE(ParseProcessStat("42 (name) S one two"));
}

TEST(ProcessUsageTest, ThisProcessStartedAfterTheMachineAndBeforeNow) {
  const auto usage = ReadProcessUsage();
  ASSERT_TRUE(usage);
  const std::chrono::duration<double> now =
      std::chrono::system_clock::now().time_since_epoch();
  EXPECT_GT(BootSeconds(), 0);
  EXPECT_GT(usage->start_seconds, 0);
  EXPECT_LE(BootSeconds() + usage->start_seconds, now.count() + 1);
}

TEST(ProcessUsageTest, AnOpenFileCounts) {
  const double before = OpenFileCount();
  const int file = ::dup(STDERR_FILENO);
  EXPECT_EQ(OpenFileCount(), before + 1);
  ::close(file);
  EXPECT_GT(OpenFileLimit(), before);
}

TEST(ProcessUsageTest, NoProcessIsNothing) {
  EXPECT_FALSE(ReadProcessUsage("/proc/0"));
}

}  // namespace
}  // namespace ddnn

#include "cli/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "cli/command.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

class ChildProcessTest : public ::testing::Test {
 protected:
  ChildProcess Shell(const std::string& script) {
    auto child = ChildProcess::Start("child", {"/bin/sh", "-c", script},
                                     folder_ / "log");
    EXPECT_TRUE(child.ok());
    return std::move(child).value();
  }

  TempFolder folder_;
};

constexpr milliseconds kLong{5000};

TEST_F(ChildProcessTest, ReportsItsExitCode) {
  ChildProcess child = Shell("exit 78");
  ASSERT_TRUE(child.WaitFor(kLong));
  EXPECT_EQ(child.exit_code(), 78);
  EXPECT_EQ(child.HowItEnded(), "exit code 78");
}

TEST_F(ChildProcessTest, ReportsTheSignalThatEndedIt) {
  ChildProcess child = Shell("kill -9 $$");
  ASSERT_TRUE(child.WaitFor(kLong));
  EXPECT_EQ(child.exit_code(), std::nullopt);
  EXPECT_THAT(child.HowItEnded(), HasSubstr("signal 9"));
}

TEST_F(ChildProcessTest, BothOutputsGoToTheLog) {
  ChildProcess child = Shell("echo one; echo two >&2; echo three");
  ASSERT_TRUE(child.WaitFor(kLong));
  EXPECT_EQ(child.LastLines(2), "two\nthree");
  EXPECT_EQ(child.LastLines(9), "one\ntwo\nthree");
}

TEST_F(ChildProcessTest, ASilentChildHasNoLastLines) {
  ChildProcess child = Shell("true");
  ASSERT_TRUE(child.WaitFor(kLong));
  EXPECT_EQ(child.LastLines(3), "");
}

TEST_F(ChildProcessTest, AProgramThatIsNotThereIsAFailure) {
  const auto child =
      ChildProcess::Start("child", {"/no/such/program"}, folder_ / "log");
  ASSERT_FALSE(child.ok());
  EXPECT_THAT(child.message(), HasSubstr("/no/such/program"));
}

TEST_F(ChildProcessTest, StopEndsAChildThatIgnoresSigterm) {
  ChildProcess child = Shell("trap '' TERM; while :; do sleep 0.01; done");
  child.Stop(milliseconds(50));
  EXPECT_FALSE(child.Running());
  EXPECT_THAT(child.HowItEnded(), HasSubstr("signal"));
}

TEST_F(ChildProcessTest, SeveralStopTogether) {
  ChildProcess one =
      StartIn(folder_.path(), "one",
              {"/bin/sh", "-c",
               "trap '' TERM; echo deaf; while :; do sleep 0.01; done"});
  ChildProcess other = Shell("exec sleep 60");
  while (one.LastLines(1) != "deaf") ASSERT_TRUE(one.Running());
  StopTogether({&one, &other}, milliseconds(200));
  EXPECT_THAT(one.HowItEnded(), HasSubstr("signal 9"));
  EXPECT_THAT(other.HowItEnded(), HasSubstr("signal 15"));
}

TEST_F(ChildProcessTest, StartsInAFolderThatGetsItsLog) {
  ChildProcess child = StartIn(folder_.path(), "talker", {"/bin/echo", "one"});
  ASSERT_TRUE(child.WaitFor(kLong));
  EXPECT_EQ(child.name(), "talker");
  EXPECT_EQ(child.log(), folder_ / "talker.log");
  EXPECT_EQ(child.LastLines(1), "one");
  EXPECT_THROW(StartIn(folder_.path(), "none", {"/no/such/program"}),
               CommandError);
}

TEST_F(ChildProcessTest, NoChildOutlivesItsObject) {
  pid_t pid = 0;
  {
    ChildProcess child = Shell("sleep 60");
    pid = child.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(ChildProcessTest, SignalsBlockedHereReachTheChild) {
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  ChildProcess child = Shell("sleep 60");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  child.Signal(SIGTERM);
  EXPECT_TRUE(child.WaitFor(kLong));
  EXPECT_THAT(child.HowItEnded(), HasSubstr("signal 15"));
}

}  // namespace
}  // namespace ddnn

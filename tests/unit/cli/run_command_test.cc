#include "cli/run_command.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "cli/command.h"
#include "core/base/config.h"

namespace ddnn {
namespace {

int CodeOf(const std::function<int()>& run) { return RunCommand("test", run); }

TEST(RunCommandTest, ErrorsBecomeExitCodes) {
  EXPECT_EQ(CodeOf([] { return 42; }), 42);
  EXPECT_EQ(CodeOf([]() -> int { throw CommandError(kExitRefused, "no"); }),
            kExitRefused);
  EXPECT_EQ(CodeOf([]() -> int { throw ConfigError("no"); }), kExitConfig);
  EXPECT_EQ(CodeOf([]() -> int { throw std::logic_error("no"); }),
            kExitSoftware);
}

TEST(RunCommandTest, AnErrorIsOneLineAfterTheCommandsName) {
  testing::internal::CaptureStderr();
  CodeOf([]() -> int { throw CommandError(kExitData, "no such row"); });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "test: no such row\n");
}

/// What a program with the option --rows ends with.
int EndOf(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "test");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  int rows = 0;
  return RunCommandProgram(
      {.name = "test",
       .purpose = "tests",
       .add_options = [&](CLI::App* app) { app->add_option("--rows", rows); },
       .run = [&] { return rows; }},
      static_cast<int>(argv.size()), argv.data());
}

TEST(RunCommandTest, RunsWithItsOptions) {
  EXPECT_EQ(EndOf({"--rows", "42"}), 42);
}

TEST(RunCommandTest, AWrongOptionIsAMatterOfUsage) {
  EXPECT_EQ(EndOf({"--colour"}), kExitUsage);
  EXPECT_EQ(EndOf({"--rows", "many"}), kExitUsage);
}

TEST(RunCommandTest, ToAskForHelpIsNoMistake) {
  EXPECT_EQ(EndOf({"--rows", "42", "--help"}), kExitOk);
  EXPECT_EQ(EndOf({"--rows", "42", "--version"}), kExitOk);
}

}  // namespace
}  // namespace ddnn

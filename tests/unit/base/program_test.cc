#include "core/base/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/base/exit_code.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    config_ = (folder_ / "a.yaml").string();
    std::ofstream(config_) << "log:\n  level: debug\n";
    AddLogKeys(&table_, &log_);
  }

  int Run(std::vector<std::string> arguments, std::function<int()> body) {
    arguments.insert(arguments.begin(), "agent");
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    return RunProgram(
        {"agent", "does things", &table_, check_, std::move(body)},
        static_cast<int>(argv.size()), argv.data());
  }

  TempFolder folder_;
  std::string config_;
  LogOptions log_;
  ConfigTable table_;
  std::function<void()> check_ = [] {};
};

TEST_F(ProgramTest, RunsWithTheLoadedConfiguration) {
  EXPECT_EQ(Run({"--config", config_},
                [this] { return log_.level == "debug" ? 42 : 1; }),
            42);
}

TEST_F(ProgramTest, CheckConfigDoesNotRun) {
  EXPECT_EQ(Run({"--config", config_, "--check-config"}, [] { return 1; }),
            kExitOk);
}

TEST_F(ProgramTest, CheckConfigSeesWhatNoSingleKeyCanTell) {
  check_ = [] { throw ConfigError("a and b do not go together"); };
  EXPECT_EQ(Run({"--config", config_, "--check-config"}, [] { return 1; }),
            kExitConfig);
  EXPECT_EQ(Run({"--config", config_}, [] { return 1; }), kExitConfig);
}

TEST_F(ProgramTest, WrongCommandLineIsAUsageError) {
  EXPECT_EQ(Run({}, [] { return 1; }), kExitUsage);
  EXPECT_EQ(Run({"--config", config_, "--colour"}, [] { return 1; }),
            kExitUsage);
}

TEST_F(ProgramTest, WrongConfigurationIsAConfigError) {
  std::ofstream(config_) << "log:\n  level: loud\n";
  EXPECT_EQ(Run({"--config", config_}, [] { return 1; }), kExitConfig);
  EXPECT_EQ(Run({"--config", (folder_ / "none").string()}, [] { return 1; }),
            kExitConfig);
}

TEST_F(ProgramTest, UnexpectedExceptionIsASoftwareError) {
  EXPECT_EQ(Run({"--config", config_},
                []() -> int { throw std::runtime_error("bug"); }),
            kExitSoftware);
}

TEST_F(ProgramTest, HelpListsTheKeys) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"--help"}, [] { return 1; }), kExitOk);
  EXPECT_NE(testing::internal::GetCapturedStdout().find("log.format"),
            std::string::npos);
}

TEST(StopSignalTest, TerminationSignalEndsTheWait) {
  StopSignal stop;
  ::raise(SIGTERM);
  stop.Wait();
}

TEST(StopSignalTest, SoDoesOneThatAThreadTakesWhichWasThereBefore) {
  std::promise<void> over;
  std::thread library([&over] { over.get_future().wait(); });
  {
    StopSignal stop;
    ::kill(::getpid(), SIGTERM);
    stop.Wait();
  }
  over.set_value();
  library.join();
}

TEST(StopSignalTest, NotifyEndsTheWait) {
  StopSignal stop;
  stop.Notify();
  stop.Wait();
}

}  // namespace
}  // namespace ddnn

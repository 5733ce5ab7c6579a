// What the three agents tell systemd, heard on a socket in its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/demo_config.h"
#include "core/base/file.h"
#include "core/telemetry/process_usage.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/mosquitto.h"
#include "tests/support/notify_socket.h"

namespace ddnn {
namespace {

using std::chrono::seconds;

using ::testing::Contains;

class SystemdTest : public ::testing::TestWithParam<std::string> {
 protected:
  ChildProcess Start(const std::string& broker_url) const {
    DemoSetup setup;
    setup.broker_url = broker_url;
    setup.bundle = world_.bundle_file;
    setup.tree = Tree::Of(world_.bundle);
    setup.dataset = world_.data.root();
    setup.split = "time:test";
    const std::string& program = GetParam();
    const std::string yaml = program == "device_agent" ? DeviceYaml(setup, 1)
                             : program == "edge_agent" ? EdgeYaml(setup)
                                                       : CloudYaml(setup);
    const auto file = world_.folder / (program + ".yaml");
    EXPECT_TRUE(WriteFileAtomically(file, yaml).ok());
    auto started = ChildProcess::Start(
        program, {BuiltProgram(program).string(), "--config", file.string()},
        world_.folder / (program + ".log"));
    EXPECT_TRUE(started.ok()) << started.message();
    return std::move(started).value();
  }
  std::vector<std::string> HeardUntil(const std::string& text) const {
    std::vector<std::string> heard;
    EXPECT_TRUE(Eventually([&] {
      for (auto& line : systemd_.Take()) heard.push_back(std::move(line));
      return std::ranges::find(heard, text) != heard.end();
    })) << text;
    return heard;
  }

  const TinyWorld world_{/*edges=*/0};
  const NotifySocket systemd_{milliseconds(600)};
};

TEST_P(SystemdTest, AgentTellsOfItsWholeLife) {
  const Mosquitto broker;
  ChildProcess agent = Start(broker.url());
  const auto first = HeardUntil("STATUS=connected to the broker");
  EXPECT_THAT(first, Contains("READY=1\nSTATUS=waits for the broker"));
  HeardUntil("WATCHDOG=1");
  HeardUntil("WATCHDOG=1");

  agent.Signal(SIGSTOP);
  ::waitpid(agent.pid(), nullptr, WUNTRACED);  // until all its threads stand
  systemd_.Take();
  EXPECT_FALSE(
      Eventually([&] { return !systemd_.Take().empty(); }, seconds(2)));
  agent.Signal(SIGCONT);
  HeardUntil("WATCHDOG=1");

  agent.Signal(SIGTERM);
  HeardUntil("STOPPING=1");
  EXPECT_TRUE(agent.WaitFor(seconds(10)));
  EXPECT_EQ(agent.exit_code(), 0);
}

/// Processor time of a process so far.
double CpuSeconds(pid_t pid) {
  return ReadProcessUsage(fmt::format("/proc/{}", pid)).value().cpu_seconds;
}

TEST_P(SystemdTest, AgentIsReadyThoughItsBrokerIsAwayAndWaitsQuietly) {
  ChildProcess agent = Start("mqtt://127.0.0.1:1");  // nobody listens there
  HeardUntil("READY=1\nSTATUS=waits for the broker");
  HeardUntil("WATCHDOG=1");
  const double before_s = CpuSeconds(agent.pid());
  std::this_thread::sleep_for(seconds(2));
  EXPECT_LT(CpuSeconds(agent.pid()) - before_s, 0.2);
  const std::string log = Slurp(agent.log());
  EXPECT_LT(std::ranges::count(log, '\n'), 5) << log;  // not one an attempt
}

INSTANTIATE_TEST_SUITE_P(Agents, SystemdTest,
                         ::testing::Values("device_agent", "edge_agent",
                                           "cloud_agent"),
                         [](const auto& agent) { return agent.param; });

}  // namespace
}  // namespace ddnn

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "cli/demo_config.h"
#include "core/base/file.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/bus_listener.h"
#include "tests/support/mosquitto.h"
#include "tests/support/provision.h"

namespace ddnn {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

/// One of the three agents, configured as the demo does, without a broker.
struct Agent {
  std::string program;
  std::string yaml;
};

class AgentsTest : public ::testing::Test {
 protected:
  DemoSetup Setup() const {
    DemoSetup setup;
    setup.broker_url = "mqtt://127.0.0.1:1";  // nobody listens there
    setup.bundle = world_.bundle_file;
    setup.tree = Tree::Of(world_.bundle);
    setup.dataset = world_.data.root();
    setup.split = "time:test";
    return setup;
  }
  static std::vector<Agent> AgentsFor(const DemoSetup& setup) {
    return {{"device_agent", DeviceYaml(setup, 1)},
            {"edge_agent", EdgeYaml(setup)},
            {"cloud_agent", CloudYaml(setup)}};
  }
  std::vector<std::string> CommandOf(const Agent& agent) const {
    const auto config = world_.folder / (agent.program + ".yaml");
    EXPECT_TRUE(WriteFileAtomically(config, agent.yaml).ok());
    return {BuiltProgram(agent.program).string(), "--config", config.string()};
  }
  Finished Run(const Agent& agent) const {
    return RunProgramToEnd(CommandOf(agent));
  }

  const TinyWorld world_;
};

TEST_F(AgentsTest, TheDemosConfigurationPassesTheirCheck) {
  for (const Agent& agent : AgentsFor(Setup())) {
    auto command = CommandOf(agent);
    command.emplace_back("--check-config");
    const Finished finished = RunProgramToEnd(command);
    EXPECT_EQ(finished.code, 0) << finished.output;
  }
}

/// An agent's example with this broker, and a metrics port of its own.
std::string ExampleFor(const std::string& agent, const Mosquitto& broker) {
  std::string yaml = Slurp(SourceFolder() / agent / "example.yaml");
  yaml = Replaced(yaml, "mqtt://127.0.0.1:1883", broker.url());
  for (const char* port : {":9110", ":9120", ":9130"}) {
    yaml = Replaced(yaml, port, ":0");
  }
  return Replaced(yaml, "../models", (SourceFolder() / "models").string());
}

TEST_F(AgentsTest, TheThreeExamplesMeetAndAnswer) {
  const Mosquitto broker;
  MqttConfig mqtt;
  mqtt.url = broker.url();
  const auto watcher = MakePahoBus(mqtt, "watcher");
  BusListener hears;
  watcher->Subscribe(GroupTopics("lab", "yard").Result(), Qos::kAtLeastOnce);
  watcher->Start(hears.Sink());
  ASSERT_TRUE(hears.WaitForConnection());
  std::vector<ChildProcess> running;
  for (const std::string agent :
       {"edge_agent", "cloud_agent", "device_agent"}) {
    auto process = ChildProcess::Start(
        agent, CommandOf({agent, ExampleFor(agent, broker)}),
        world_.folder / (agent + ".log"));
    ASSERT_TRUE(process.ok());
    running.push_back(std::move(*process));
  }
  // The edge waits 5 s for the five devices that are not there.
  EXPECT_TRUE(hears.WaitForMessages(1));
  for (ChildProcess& process : running) {
    EXPECT_TRUE(process.Running()) << Slurp(process.log());
    process.Stop(milliseconds(10000));
    EXPECT_EQ(process.exit_code(), 0) << Slurp(process.log());
  }
  watcher->Stop();
}

TEST_F(AgentsTest, ABrokerThatIsNotThereIsNamedAndWaitedFor) {
  for (const Agent& agent : AgentsFor(Setup())) {
    const auto log = world_.folder / (agent.program + ".log");
    auto process = ChildProcess::Start(agent.program, CommandOf(agent), log);
    ASSERT_TRUE(process.ok());
    EXPECT_TRUE(Eventually([&log] {
      return Slurp(log).find("127.0.0.1:1") != std::string::npos;
    })) << Slurp(log);
    EXPECT_TRUE(process->Running()) << Slurp(log);
    process->Signal(SIGTERM);
    EXPECT_TRUE(process->WaitFor(milliseconds(10000)));
    EXPECT_EQ(process->exit_code(), 0) << Slurp(log);
  }
}

TEST_F(AgentsTest, AMissingBundleIsNamed) {
  DemoSetup setup = Setup();
  setup.bundle = "/no/such/bundle.ddnn";
  for (const Agent& agent : AgentsFor(setup)) {
    const Finished finished = Run(agent);
    EXPECT_EQ(finished.code, 78) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("/no/such/bundle.ddnn"));
  }
}

TEST_F(AgentsTest, AMissingDataSetIsNamed) {
  DemoSetup setup = Setup();
  setup.dataset = "/no/such/data";
  const Finished finished = Run({"device_agent", DeviceYaml(setup, 0)});
  EXPECT_EQ(finished.code, 65) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("/no/such/data"));
}

TEST_F(AgentsTest, ABundleForOtherClassesIsRefused) {
  world_.data.Edit("classes.txt", "person", "person\nhorse");
  const Finished finished = Run({"device_agent", DeviceYaml(Setup(), 0)});
  EXPECT_THAT(finished.code, AnyOf(65, 78)) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("class"));
}

TEST_F(AgentsTest, AnUnknownKeyIsNamedWithItsLine) {
  for (Agent agent : AgentsFor(Setup())) {
    agent.yaml = "colour: blue\n" + agent.yaml;
    const Finished finished = Run(agent);
    EXPECT_EQ(finished.code, 78) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr(".yaml:1: colour"));
  }
}

}  // namespace
}  // namespace ddnn

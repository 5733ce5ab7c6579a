// `ddnn targets` beside a running demo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "cli/scrape_targets.h"
#include "core/bus/topics.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class TargetsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto arguments = world_.Arguments();
    arguments.insert(arguments.end(), {"--samples", "5000", "--rate", "25"});
    demo_ = std::make_unique<RunningDemo>(arguments);
    ASSERT_TRUE(demo_->AwaitAnswers());
  }

  std::vector<std::string> Command() const {
    return {"targets", "--broker", demo_->broker_url(), "--out",
            file_.string()};
  }
  Finished WriteOnce() const {
    auto command = Command();
    command.emplace_back("--once");
    return RunDdnn(command);
  }
  std::vector<std::string> Agents() const {
    std::vector<std::string> agents;
    for (const auto& target : ParseFileSd(Slurp(file_))) {
      agents.push_back(target.labels.at("agent"));
    }
    return agents;
  }

  const TinyWorld world_;
  const TempFolder folder_;
  const std::filesystem::path file_ = folder_ / "targets.json";
  std::unique_ptr<RunningDemo> demo_;
};

TEST_F(TargetsTest, EveryAgentIsListedAndStaysWhenItIsKilled) {
  EXPECT_EQ(WriteOnce().code, 0);
  EXPECT_THAT(Agents(),
              UnorderedElementsAre("cloud", "edge", "device0", "device1"));
  Listener states(demo_->broker_url(), AgentTopics("+", "+").State());
  ::kill(demo_->PidOf("device1"), SIGKILL);
  ASSERT_TRUE(Eventually([&] {
    return states.LastOn(AgentTopics("demo", "device1").State())
               .find("\"online\":false") != std::string::npos;
  }));
  EXPECT_EQ(WriteOnce().code, 0);
  EXPECT_THAT(Agents(),
              UnorderedElementsAre("cloud", "edge", "device0", "device1"));
}

TEST_F(TargetsTest, ItFollowsUntilItIsStopped) {
  std::ofstream(file_) << R"([{"targets": ["h:1"], "labels":
      {"site": "demo", "agent": "long-gone", "tier": "device"}}])";
  auto command = Command();
  command.insert(command.begin(), BuiltProgram("ddnn").string());
  auto process = ChildProcess::Start("targets", command, folder_ / "output");
  ASSERT_TRUE(process.ok());
  EXPECT_TRUE(Eventually([this] { return Agents().size() == 4; }))
      << Slurp(file_);
  Listener bus(demo_->broker_url(), "nothing");
  ASSERT_TRUE(bus.AwaitConnection());
  ASSERT_TRUE(bus.bus()
                  .Publish({.topic = AgentTopics("demo", "cloud").State(),
                            .payload = "",
                            .qos = Qos::kAtLeastOnce,
                            .retain = true})
                  .ok());
  EXPECT_TRUE(Eventually([this] { return Agents().size() == 3; }))
      << Slurp(file_);
  process->Signal(SIGTERM);
  EXPECT_TRUE(process->WaitFor(milliseconds(5000)));
  EXPECT_EQ(process->exit_code(), 0) << Slurp(folder_ / "output");
}

TEST(TargetsWithoutBrokerTest, OnceEndsUnavailable) {
  const TempFolder folder;
  const Finished finished =
      RunDdnn({"targets", "--broker", "mqtt://127.0.0.1:1", "--once", "--out",
               (folder / "targets.json").string()});
  EXPECT_EQ(finished.code, 69);
  EXPECT_THAT(finished.output, HasSubstr("no answer from the broker"));
}

}  // namespace
}  // namespace ddnn

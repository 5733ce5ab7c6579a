#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <random>

#include "core/base/file.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"

namespace ddnn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// A demo of the tiny data set that takes some seconds.
class DemoFaultsTest : public ::testing::Test {
 protected:
  static constexpr int kSamples = 400;

  std::vector<std::string> Arguments() const {
    auto arguments = world_.Arguments();
    arguments.insert(arguments.end(),
                     {"--samples", std::to_string(kSamples), "--rate", "25"});
    return arguments;
  }
  /// The predictions of a run that nothing disturbs.
  std::string Undisturbed() const {
    auto arguments = world_.Arguments();
    arguments.insert(arguments.end(), {"--samples", std::to_string(kSamples)});
    RunningDemo demo(arguments);
    EXPECT_EQ(demo.AwaitEnd(), 0) << demo.output();
    return demo.predictions();
  }
  /// Runs a device agent beside the demo's own, to its end.
  Finished RunExtraDevice(const RunningDemo& demo, int index,
                          const std::filesystem::path& bundle) const {
    const TempFolder folder;
    const std::string yaml =
        "site: demo\ngroup: demo\nagent: extra\nplace: device" +
        std::to_string(index) + "\nbundle: " + bundle.string() +
        "\nmqtt:\n  url: " + demo.broker_url() +
        "\nsource:\n  path: " + world_.data.root().string() +
        "\n  split: time:test\n";
    EXPECT_TRUE(WriteFileAtomically(folder / "extra.yaml", yaml).ok());
    return RunProgramToEnd({BuiltProgram("device_agent").string(), "--config",
                            (folder / "extra.yaml").string()});
  }
  static void ExpectGone(const RunningDemo& demo) {
    for (const pid_t pid : demo.processes()) {
      EXPECT_TRUE(
          Eventually([pid] { return !IsAlive(pid); }, milliseconds(10000)))
          << CommandOf(pid);
    }
  }

  const TinyWorld world_;
};

TEST_F(DemoFaultsTest, AKilledDeviceIsNamedAndTheRestGoesOn) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  ::kill(demo.PidOf("device0"), SIGKILL);
  EXPECT_EQ(demo.AwaitEnd(), 1);
  EXPECT_THAT(demo.output(), HasSubstr("device0 (camera cam0) ended early: "
                                       "signal 9"));
  const json summary = json::parse(demo.summary());
  EXPECT_EQ(summary["lost"], 0);
  EXPECT_EQ(summary["duplicates"], 0);
  EXPECT_EQ(summary["results"], summary["samples"]);
  // One sample in four is seen by cam0 alone.
  EXPECT_GT(summary["blind"], 0);
  EXPECT_EQ(summary["samples"].get<int>() + summary["blind"].get<int>(),
            kSamples);
  EXPECT_TRUE(summary["mqtt_bytes"].is_null());
  EXPECT_THAT(demo.predictions(), HasSubstr(",degraded,"));
  ExpectGone(demo);
}

TEST_F(DemoFaultsTest, WithoutAnyDeviceTheDemoGivesUp) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  ::kill(demo.PidOf("device0"), SIGKILL);
  ::kill(demo.PidOf("device1"), SIGKILL);
  EXPECT_EQ(demo.AwaitEnd(), 69);
  EXPECT_THAT(demo.output(), HasSubstr("no device is left"));
  ExpectGone(demo);
}

TEST_F(DemoFaultsTest, AKilledEdgeEndsTheDemo) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  ::kill(demo.PidOf("edge"), SIGKILL);
  EXPECT_EQ(demo.AwaitEnd(), 69);
  EXPECT_THAT(demo.output(), HasSubstr("the edge agent ended early: signal 9"));
  ExpectGone(demo);
}

TEST_F(DemoFaultsTest, AKilledBrokerEndsTheDemo) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  ::kill(demo.PidOf("mosquitto"), SIGKILL);
  EXPECT_EQ(demo.AwaitEnd(), 69);
  EXPECT_THAT(demo.output(), HasSubstr("the broker (mosquitto) ended early"));
  ExpectGone(demo);
}

TEST_F(DemoFaultsTest, WithoutTheCloudTheEdgeAnswersAsFallback) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  ::kill(demo.PidOf("cloud"), SIGKILL);
  EXPECT_EQ(demo.AwaitEnd(), 1);
  EXPECT_THAT(demo.output(), HasSubstr("the cloud agent ended early"));
  const json summary = json::parse(demo.summary());
  EXPECT_EQ(summary["results"], kSamples);
  EXPECT_EQ(summary["lost"], 0);
  EXPECT_GT(summary["exit_share"]["fallback"], 0);
  ExpectGone(demo);
}

TEST_F(DemoFaultsTest, AKilledBranchIsAMissingContributor) {
  const TinyWorld world(2);  // cam0 is below the lead, cam1 below edge1
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(),
                   {"--samples", std::to_string(kSamples), "--rate", "25"});
  RunningDemo demo(arguments);
  ASSERT_TRUE(demo.AwaitAnswers());
  ::kill(demo.PidOf("edge1"), SIGKILL);
  EXPECT_EQ(demo.AwaitEnd(), 1);
  EXPECT_THAT(demo.output(), HasSubstr("the edge agent edge1 ended early"));
  const json summary = json::parse(demo.summary());
  EXPECT_EQ(summary["duplicates"], 0);
  // Two samples in four are seen by cam0; the lead never hears of the others.
  EXPECT_GE(summary["results"], kSamples / 2);
  EXPECT_THAT(demo.predictions(), HasSubstr(",degraded,"));
  ExpectGone(demo);
}

TEST_F(DemoFaultsTest, CtrlCLeavesNoProcessAndNoFile) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    RunningDemo demo(Arguments());
    ASSERT_TRUE(demo.AwaitAnswers());
    demo.process().Signal(signal);
    EXPECT_EQ(demo.AwaitEnd(milliseconds(15000)), 0);
    EXPECT_GT(json::parse(demo.summary())["results"], 0);
    EXPECT_FALSE(std::filesystem::exists(demo.demo_folder()));
    ExpectGone(demo);
  }
}

TEST_F(DemoFaultsTest, CtrlCWhileTheAgentsStartIsCleanToo) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(Eventually(
      [&demo] { return !ChildrenOf(demo.process().pid()).empty(); }));
  const auto children = ChildrenOf(demo.process().pid());
  demo.process().Signal(SIGINT);
  EXPECT_EQ(demo.AwaitEnd(milliseconds(15000)), 0);
  for (const pid_t pid : children) EXPECT_FALSE(IsAlive(pid));
}

TEST_F(DemoFaultsTest, NoProcessSurvivesAKilledDemo) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  EXPECT_GE(demo.processes().size(), 5U);
  demo.process().Signal(SIGKILL);
  demo.AwaitEnd();
  ExpectGone(demo);
  std::filesystem::remove_all(demo.demo_folder());
}

TEST_F(DemoFaultsTest, KeepLeavesConfigurationAndLogs) {
  auto arguments = world_.Arguments();
  arguments.push_back("--keep");
  RunningDemo demo(arguments);
  EXPECT_EQ(demo.AwaitEnd(), 0);
  const auto folder = demo.demo_folder();
  for (const char* file :
       {"mosquitto.conf", "broker.log", "edge.yaml", "edge.log", "cloud.log",
        "device1.yaml", "device1.log"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / file)) << file;
  }
  std::filesystem::remove_all(folder);
}

/// Random bytes, and the first bytes of what might be a message.
std::string Garbage(std::mt19937& random) {
  std::string bytes(1 + random() % 200, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST_F(DemoFaultsTest, GarbageOnEveryTopicChangesNoAnswer) {
  const std::string undisturbed = Undisturbed();
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  Listener listener(demo.broker_url(), "ddnn/v1/demo/agent/+/info");
  ASSERT_TRUE(listener.AwaitConnection());

  const GroupTopics group("demo", "demo");
  std::vector<std::string> topics{group.Request(),
                                  group.Decided(),
                                  group.Config(),
                                  group.Result(),
                                  group.ResultFb(),
                                  group.Latest(),
                                  group.Lost(),
                                  CloudAskTopic("demo", "edge"),
                                  CloudAnswerTopic("demo", "edge")};
  for (const char* agent : {"device0", "device1", "edge", "cloud", "nobody"}) {
    topics.push_back(group.Score(agent));
    topics.push_back(group.Feature(agent));
    topics.push_back(group.Offload(agent));
    topics.push_back(AgentTopics("demo", agent).State());
    topics.push_back(AgentTopics("demo", agent).Info());
    topics.push_back(AgentTopics("demo", agent).Command("leave"));
  }
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    for (const auto& topic : topics) {
      EXPECT_TRUE(listener.bus()
                      .Publish({.topic = topic, .payload = Garbage(random)})
                      .ok());
    }
  }
  EXPECT_EQ(demo.AwaitEnd(), 0) << demo.output();
  EXPECT_EQ(demo.predictions(), undisturbed);
  for (const char* agent : {"device0", "edge", "cloud"}) {
    EXPECT_THAT(listener.LastOn(AgentTopics("demo", agent).Info()),
                HasSubstr("\"rejected_"))
        << agent;
  }
}

TEST_F(DemoFaultsTest, ASecondDeviceWithATakenIndexIsToldSo) {
  const std::string undisturbed = Undisturbed();
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const Finished extra = RunExtraDevice(demo, 0, world_.bundle_file);
  EXPECT_EQ(extra.code, 78) << extra.output;
  EXPECT_THAT(extra.output, HasSubstr("device0"));
  EXPECT_EQ(demo.AwaitEnd(), 0) << demo.output();
  EXPECT_EQ(demo.predictions(), undisturbed);
}

TEST_F(DemoFaultsTest, ADeviceWithAnotherBundleIsToldSo) {
  const TinyWorld other(1);
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const Finished extra = RunExtraDevice(demo, 1, other.bundle_file);
  EXPECT_EQ(extra.code, 76) << extra.output;
  demo.process().Signal(SIGINT);
  EXPECT_EQ(demo.AwaitEnd(), 0);
}

TEST_F(DemoFaultsTest, ADeviceIndexOutOfRangeIsRefused) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const Finished extra = RunExtraDevice(demo, 2, world_.bundle_file);
  EXPECT_EQ(extra.code, 78) << extra.output;
  demo.process().Signal(SIGINT);
  EXPECT_EQ(demo.AwaitEnd(), 0);
}

TEST_F(DemoFaultsTest, WatchFollowsADemoUntilCtrlC) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const TempFolder folder;
  auto watch = ChildProcess::Start("watch",
                                   {BuiltProgram("ddnn").string(), "watch",
                                    "--broker", demo.broker_url(), "--json"},
                                   folder / "output");
  ASSERT_TRUE(watch.ok());
  EXPECT_TRUE(Eventually([&folder] {
    return Slurp(folder / "output").find(R"("event":"result")") !=
           std::string::npos;
  }));
  watch->Signal(SIGINT);
  EXPECT_TRUE(watch->WaitFor(milliseconds(10000)));
  EXPECT_EQ(watch->exit_code(), 0);
  const std::string output = Slurp(folder / "output");
  EXPECT_TRUE(json::accept(output.substr(0, output.find('\n'))));
  demo.process().Signal(SIGINT);
  EXPECT_EQ(demo.AwaitEnd(), 0);
}

TEST_F(DemoFaultsTest, WatchEndsWithItsReader) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const Finished one = RunProgramToEnd(
      {"/bin/sh", "-c",
       "{ " + BuiltProgram("ddnn").string() + " watch --broker " +
           demo.broker_url() + "; echo it ends with $? >&2; } | head -n 1"});
  EXPECT_THAT(one.output, HasSubstr("demo  agent "));
  EXPECT_THAT(one.output, HasSubstr("it ends with 0"));
  demo.process().Signal(SIGINT);
  EXPECT_EQ(demo.AwaitEnd(), 0);
}

TEST_F(DemoFaultsTest, WatchSaysThatItCannotWrite) {
  RunningDemo demo(Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const Finished full =
      RunProgramToEnd({"/bin/sh", "-c",
                       BuiltProgram("ddnn").string() + " watch --broker " +
                           demo.broker_url() + " > /dev/full"});
  EXPECT_EQ(full.code, 69);
  EXPECT_THAT(full.output, HasSubstr("cannot write to standard output"));
  demo.process().Signal(SIGINT);
  EXPECT_EQ(demo.AwaitEnd(), 0);
}

}  // namespace
}  // namespace ddnn

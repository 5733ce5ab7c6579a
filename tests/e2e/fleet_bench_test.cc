#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/mosquitto.h"

namespace ddnn {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

// The exit code of a run with samples late, degraded or dropped.
constexpr int kNotClean = 1;

std::vector<std::string> Fleet(const TinyWorld& world,
                               const std::vector<std::string>& more) {
  std::vector<std::string> command{BuiltProgram("fleet_bench").string()};
  for (const auto& list : {world.Arguments(), more}) {
    command.insert(command.end(), list.begin(), list.end());
  }
  return command;
}

TEST(FleetBenchTest, EverySampleOfEveryGroupIsAnsweredOnce) {
  const TinyWorld world;
  const auto file = (world.folder / "json").string();
  Finished finished;
  json report;
  // Where half a second, the edges' deadline, passes without CPU for it, no run
  // can be clean; that is no reason to answer twice.
  for (int runs = 0; runs < 5 && finished.code != 0; ++runs) {
    finished = RunProgramToEnd(
        Fleet(world, {"--groups", "2", "--seconds", "2", "--warm-up", "1",
                      "--cloud-agents", "2", "--json", file}));
    ASSERT_THAT(finished.code, AnyOf(0, kNotClean)) << finished.output;
    report = json::parse(Slurp(file));
    EXPECT_EQ(report["clean"], finished.code == 0);
    EXPECT_EQ(report["duplicates"], 0);
    EXPECT_EQ(report["unexpected"], 0);
  }
  EXPECT_EQ(finished.code, 0) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("2 groups of 2 devices"));

  // Three of the tiny data set's samples, in two of its frames, are in view.
  EXPECT_GE(report["samples"], 50);
  EXPECT_EQ(report["answered"], report["samples"]);
  EXPECT_EQ(report["missing"], 0);
  EXPECT_TRUE(report["drops"].empty());
  std::uint64_t answers = 0;
  for (const auto& [exit, figures] : report["latency_ms"].items()) {
    answers += figures["results"].get<std::uint64_t>();
    for (const char* until : {"decided", "heard"}) {
      const json& latency = figures[until];
      EXPECT_GT(latency["p50"], 0) << exit;
      EXPECT_GE(latency["p99"], latency["p50"]) << exit;
      EXPECT_GE(latency["max"], latency["p99"]) << exit;
    }
  }
  EXPECT_EQ(answers, report["samples"]);
  EXPECT_EQ(report["processes"]["edge"]["processes"], 2);
  EXPECT_EQ(report["processes"]["cloud"]["processes"], 2);
  EXPECT_GT(report["processes"]["edge"]["rss_mib"], 1);
  EXPECT_GT(report["processes"]["broker"]["rss_mib"], 1);
}

TEST(FleetBenchTest, NothingStaysBehindAtABrokerThatItWasGiven) {
  const TinyWorld world;
  const Mosquitto broker;
  const Finished finished =
      RunProgramToEnd(Fleet(world, {"--groups", "1", "--seconds", "1",
                                    "--warm-up", "0", "--url", broker.url()}));
  EXPECT_THAT(finished.code, AnyOf(0, kNotClean)) << finished.output;
  EXPECT_THAT(finished.output, Not(HasSubstr("\nbroker ")));

  // What is retained comes before what is published later.
  Listener listener(broker.url(), "#");
  ASSERT_TRUE(listener.AwaitConnection());
  ASSERT_TRUE(listener.bus().Publish({.topic = "end", .payload = "end"}).ok());
  ASSERT_TRUE(Eventually([&] { return !listener.LastOn("end").empty(); }));
  EXPECT_THAT(listener.Last(), ElementsAre(Pair("end", "end")));
}

TEST(FleetBenchTest, ASignalEndsItAndAllOfItsProcesses) {
  const TinyWorld world;
  auto fleet = ChildProcess::Start(
      "fleet", Fleet(world, {"--groups", "2", "--seconds", "600"}),
      world.folder / "output");
  ASSERT_TRUE(fleet.ok());
  std::vector<pid_t> children;
  ASSERT_TRUE(Eventually([&] {
    children = ChildrenOf(fleet->pid());
    return children.size() == 4;  // broker, cloud, two edges
  })) << Slurp(world.folder / "output");
  // Not the last: that may still have to become an agent.
  const std::string command = CommandOf(children[1]);
  fleet->Signal(SIGINT);
  EXPECT_TRUE(fleet->WaitFor(milliseconds(10000)));
  EXPECT_EQ(fleet->exit_code(), 0) << Slurp(world.folder / "output");
  for (const pid_t pid : children) EXPECT_FALSE(IsAlive(pid));
  const auto config = command.find("--config ");
  ASSERT_NE(config, std::string::npos) << command;
  const std::filesystem::path yaml(
      command.substr(config + 9, command.find(' ', config + 9) - config - 9));
  EXPECT_FALSE(std::filesystem::exists(yaml.parent_path())) << yaml;
}

TEST(FleetBenchTest, BadArgumentsAndDataAreRefusedBeforeAnythingStarts) {
  const TinyWorld world;
  struct Case {
    std::vector<std::string> more;
    int code;
    std::string says;
  };
  for (const auto& [more, code, says] :
       {Case{{"--groups", "0"}, 64, "--groups"},
        Case{{"--rate", "fast"}, 64, "--rate"},
        Case{{"--json", "/no/such/folder/file"}, 64, "/no/such/folder"},
        Case{{"--seconds", "0"}, 64, "--seconds"},
        Case{{"--url", "http://127.0.0.1:1"}, 78, "http"}}) {
    const Finished finished = RunProgramToEnd(Fleet(world, more));
    EXPECT_EQ(finished.code, code) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr(says));
  }
}

TEST(FleetBenchTest, ABundleThatCannotBeReadIsBadData) {
  const Finished finished = RunProgramToEnd(
      {BuiltProgram("fleet_bench").string(), "--bundle", "/no/such/bundle"});
  EXPECT_EQ(finished.code, 65) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("/no/such/bundle"));
}

TEST(FleetBenchTest, HelpListsTheOptions) {
  const Finished finished =
      RunProgramToEnd({BuiltProgram("fleet_bench").string(), "--help"});
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.output, HasSubstr("--cloud-agents"));
}

}  // namespace
}  // namespace ddnn

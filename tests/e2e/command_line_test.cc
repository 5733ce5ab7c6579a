#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/mosquitto.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Demo(std::vector<std::string> arguments,
                              const std::vector<std::string>& more = {}) {
  arguments.insert(arguments.begin(), "demo");
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// Runs ddnn with an environment variable set.
Finished RunDdnnWith(const std::string& variable,
                     std::vector<std::string> arguments) {
  std::vector<std::string> command{"/usr/bin/env", variable,
                                   BuiltProgram("ddnn").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunProgramToEnd(command);
}

TEST(CommandLineTest, VersionAndHelpAreEverywhere) {
  const std::vector<std::vector<std::string>> commands{
      {},        {"demo"},   {"evaluate"},       {"watch"},
      {"serve"}, {"bundle"}, {"bundle", "show"}, {"bundle", "verify"}};
  for (auto command : commands) {
    command.push_back("--help");
    Finished finished = RunDdnn(command);
    EXPECT_EQ(finished.code, 0) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("Usage"));
    command.back() = "--version";
    finished = RunDdnn(command);
    EXPECT_EQ(finished.code, 0) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("ddnn "));
  }
}

TEST(CommandLineTest, BadArgumentsAreUsageErrors) {
  const TinyWorld world;
  const auto good = world.Arguments();
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {},
           {"dance"},
           {"demo", "--split", "time:test"},
           {"demo", "--samples", "0"},
           {"street"},
           {"street", "--seed", "-1", "--out", "/tmp/no-street"},
           {"street", "--ticks", "0", "--out", "/tmp/no-street"},
           Demo(good, {"--seed", "3"}),
           Demo(good, {"--colour"}),
           Demo(good, {"--samples", "0"}),
           Demo(good, {"--rate", "-1"}),
           Demo(good, {"--rate", "fast"}),
           Demo(good, {"--hierarchy", "z"}),
           Demo(good, {"--hierarchy", "e"}),
           Demo(good, {"--json", "/no/such/folder/file"}),
           {"evaluate", "--dataset", "x", "--split", "time:test"},
           {"watch"},
           {"bundle"},
           {"bundle", "show"}}) {
    const Finished finished = RunDdnn(arguments);
    EXPECT_EQ(finished.code, 64) << finished.output;
    EXPECT_FALSE(finished.output.empty());
  }
}

TEST(CommandLineTest, AnEmptyBrokerIsNamed) {
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"watch"}, {"serve"}, {"trace", "next"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--broker", ""});
    const Finished finished = RunDdnn(arguments);
    EXPECT_EQ(finished.code, 64) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("--broker: is empty"));
  }
}

TEST(CommandLineTest, AWrongBrokerEndsACommandAtOnce) {
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"watch"},
           {"serve"},
           {"trace", "next"},
           {"audit", "--site", "s", "--group", "g"},
           {"targets", "--out", "/tmp/no-targets"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--broker", "nowhere"});
    const Finished finished = RunDdnn(arguments);
    EXPECT_EQ(finished.code, 78) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("'nowhere': must be mqtt://"));
  }
}

TEST(CommandLineTest, BadDataEndsTheDemoBeforeAnythingStarts) {
  const TinyWorld world;
  const std::string data = world.data.root().string();
  const std::string bundle = world.bundle_file.string();
  const std::string no_bundle = (world.data.root() / "classes.txt").string();
  struct Case {
    std::string dataset, split, bundle, says;
  };
  for (const auto& [dataset, split, file, says] :
       {Case{"/no/such/data", "time:test", bundle, "/no/such/data"},
        Case{data, "dawn:test", bundle, "time"},
        Case{data, "time:dusk", bundle, "test"},
        Case{data, "time:test", "/no/such/bundle", "/no/such/bundle"},
        Case{data, "time:test", no_bundle, "classes.txt"}}) {
    const Finished finished = RunDdnn(
        {"demo", "--dataset", dataset, "--split", split, "--bundle", file});
    EXPECT_EQ(finished.code, 65) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr(says));
    EXPECT_THAT(finished.output, ::testing::Not(HasSubstr("broker mqtt")));
  }
}

TEST(CommandLineTest, ABundleForOtherCamerasOrClassesIsRefused) {
  const TinyWorld world;
  world.data.Edit("classes.txt", "person", "horse");
  const Finished finished = RunDdnn(Demo(world.Arguments()));
  EXPECT_EQ(finished.code, 65) << finished.output;
}

TEST(CommandLineTest, AnUnreadableFrameIsNamed) {
  const TinyWorld world;
  world.data.Write("frames/c1/00000002.png", "no image");
  for (const char* command : {"demo", "evaluate"}) {
    auto arguments = world.Arguments();
    arguments.insert(arguments.begin(), command);
    const Finished finished = RunDdnn(arguments);
    EXPECT_EQ(finished.code, 65) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("00000002.png"));
  }
}

TEST(CommandLineTest, AMissingBrokerNamesTheRemedy) {
  const TinyWorld world;
  const Finished finished =
      RunDdnnWith("DDNN_MOSQUITTO=/no/such/broker", Demo(world.Arguments()));
  EXPECT_EQ(finished.code, 69) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("/no/such/broker"));
}

TEST(CommandLineTest, ABrokerThatDoesNotStartIsShownWithItsLastLines) {
  const TinyWorld world;
  const TempFolder folder;
  const auto program = folder / "broker";
  ASSERT_TRUE(
      WriteFileAtomically(program, "#!/bin/sh\necho no luck >&2\nexit 3\n")
          .ok());
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const Finished finished = RunDdnnWith("DDNN_MOSQUITTO=" + program.string(),
                                        Demo(world.Arguments()));
  EXPECT_EQ(finished.code, 69) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("no luck"));
}

TEST(CommandLineTest, MissingProjectFilesNameTheRemedy) {
  const TinyWorld world;
  const Finished finished =
      RunDdnnWith("DDNN_HOME=/no/such/project", Demo(world.Arguments()));
  EXPECT_EQ(finished.code, 69) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("DDNN_HOME"));
}

TEST(CommandLineTest, BundleVerifyTellsGoodFromBad) {
  const TinyWorld world;
  EXPECT_EQ(RunDdnn({"bundle", "verify", world.bundle_file.string()}).code, 0);
  EXPECT_EQ(RunDdnn({"bundle", "verify", "/no/such/bundle"}).code, 65);
}

TEST(CommandLineTest, EvaluateRefusesAnExitThatTheBundleLacks) {
  const TinyWorld world;
  auto arguments = world.Arguments();
  arguments.insert(arguments.begin(), "evaluate");
  arguments.insert(arguments.end(), {"--threshold", "edge=0.5"});
  const Finished finished = RunDdnn(arguments);
  EXPECT_EQ(finished.code, 64) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("local, cloud"));
}

TEST(CommandLineTest, ServeSaysWhatIsWrong) {
  const TempFolder folder;
  EXPECT_TRUE(WriteFileAtomically(folder / "junk", "not a bundle").ok());
  const auto serve = [](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"serve", "--broker",
                                       "mqtt://127.0.0.1:1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunDdnn(arguments);
  };
  EXPECT_EQ(RunDdnn({"serve"}).code, 64);
  EXPECT_EQ(serve({"--bundle", "/no/such/file"}).code, 64);
  EXPECT_EQ(serve({"--bundle", folder / "junk"}).code, 65);
  EXPECT_EQ(serve({"--group", "<script>"}).code, 64);
  for (const char* listen : {"8080", "nowhere:80", "127.0.0.1:70000", ""}) {
    const Finished finished = serve({"--listen", listen});
    EXPECT_EQ(finished.code, 78) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr("--listen = '"));
  }
  const Mosquitto taken;
  const std::string address = "127.0.0.1:" + std::to_string(taken.port());
  const Finished finished = serve({"--listen", address});
  EXPECT_EQ(finished.code, 69);
  EXPECT_THAT(finished.output, HasSubstr("cannot listen on " + address));
}

}  // namespace
}  // namespace ddnn

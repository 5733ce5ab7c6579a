#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/child_process.h"
#include "cli/command.h"
#include "cli/tier_network.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using nlohmann::json;

class NamespacesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const TempFolder folder;
    try {
      const TierNetwork network(folder.path());
    } catch (const CommandError& e) {
      GTEST_SKIP() << e.what();
    }
  }
};

TEST_F(NamespacesTest, ADemoCountsWhatItsLinksCarry) {
  const TinyWorld world;
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(), {"--samples", "40", "--namespaces"});
  RunningDemo demo(arguments);
  ASSERT_EQ(demo.AwaitEnd(), 0) << demo.output();
  const json summary = json::parse(demo.summary());
  EXPECT_EQ(summary["lost"], 0);
  EXPECT_EQ(summary["results"], 40);
  // Headers and acknowledgements come on top of the packets.
  EXPECT_GT(summary["interface_bytes"].get<double>(),
            1.5 * summary["mqtt_bytes"].get<double>());
  EXPECT_GT(summary["cloud_interface_bytes"].get<double>(), 0);
}

TEST_F(NamespacesTest, EachTierHasALinkOfItsOwnAndLeavesNothingBehind) {
  std::filesystem::path file;
  {
    const TempFolder folder;
    const TierNetwork network(folder.path());
    EXPECT_EQ(network.InterfaceBytes(Tier::kDevice), 0U);
    const auto command = network.In(Tier::kCloud, {"program", "argument"});
    ASSERT_GE(command.size(), 3U);
    EXPECT_EQ(command.back(), "argument");
    file = "/run/netns/" + command[command.size() - 3];
    // A datagram that nobody awaits crosses the cloud's link alone.
    auto said = ChildProcess::Start(
        "say",
        network.In(Tier::kCloud,
                   {"/bin/bash", "-c", "echo x >/dev/udp/10.77.0.1/9"}),
        folder / "log");
    ASSERT_TRUE(said.ok());
    ASSERT_TRUE(said->WaitFor(milliseconds(5000)));
    EXPECT_GT(network.InterfaceBytes(Tier::kCloud), 0U);
    EXPECT_EQ(network.InterfaceBytes(Tier::kDevice), 0U);
    EXPECT_TRUE(std::filesystem::exists(file));
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace ddnn

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/tier_network.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using nlohmann::json;

/// Namespaces of ours that are there.
std::size_t NamespacesLeft() {
  std::size_t count = 0;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator("/run/netns", none)) {
    count += entry.path().filename().string().starts_with("ddnn-") ? 1 : 0;
  }
  return count;
}

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

TEST_F(NamespacesTest, ADemoCountsWhatItsLinksCarryAndLeavesNothingBehind) {
  const std::size_t before = NamespacesLeft();
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
  EXPECT_EQ(NamespacesLeft(), before);
}

TEST_F(NamespacesTest, ATierHearsTheBrokersHostOverItsLinkAlone) {
  const TempFolder folder;
  const TierNetwork network(folder.path());
  EXPECT_EQ(network.InterfaceBytes(Tier::kDevice), 0U);
  EXPECT_EQ(network.InterfaceBytes(Tier::kCloud), 0U);
  const auto command = network.In(Tier::kCloud, {"program", "argument"});
  ASSERT_GE(command.size(), 3U);
  EXPECT_EQ(command[command.size() - 2], "program");
  EXPECT_NE(command, network.In(Tier::kDevice, {"program", "argument"}));
}

}  // namespace
}  // namespace ddnn

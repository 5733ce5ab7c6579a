#include "edge_agent/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Tree WithEdges(int edges) { return Tree::Of(MakeTestBundle({.edges = edges})); }

TEST(EdgeConfigTest, DeadlinesInOrderAreAccepted) {
  EdgeConfig config;
  EXPECT_NO_THROW(CheckEdgeConfig(config));
  config.scores_ms = config.maps_ms = config.cloud_ms = 30000;
  EXPECT_NO_THROW(CheckEdgeConfig(config));
}

TEST(EdgeConfigTest, DeadlineShorterThanTheOneBeforeIsRefused) {
  EdgeConfig config;
  config.maps_ms = config.scores_ms - 1;
  EXPECT_THROW(CheckEdgeConfig(config), ConfigError);
  config = {};
  config.cloud_ms = config.maps_ms - 1;
  EXPECT_THROW(CheckEdgeConfig(config), ConfigError);
}

TEST(EdgeConfigTest, BranchesMustBeAskedBeforeTheirOwnDeadline) {
  EdgeConfig config;
  EXPECT_NO_THROW(CheckBranchTime(config, WithEdges(2)));
  config.scores_ms = 550;
  config.batch_ms = 49;
  EXPECT_NO_THROW(CheckBranchTime(config, WithEdges(2)));
  config.batch_ms = 50;  // 600 is 3/5 of 1000
  try {
    CheckBranchTime(config, WithEdges(2));
    ADD_FAILURE() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("scores_ms = 550"), HasSubstr("batch_ms = 50"),
                      HasSubstr("maps_ms = 1000"), HasSubstr("raise maps_ms")));
  }
}

TEST(EdgeConfigTest, WithoutBranchesTheirTimeDoesNotMatter) {
  EdgeConfig config;
  config.scores_ms = config.maps_ms;
  for (const int edges : {0, 1}) {
    EXPECT_NO_THROW(CheckBranchTime(config, WithEdges(edges)));
  }
}

TEST(EdgeConfigTest, CoordinatorGetsTheOperatorsNumbers) {
  EdgeConfig config;
  config.scores_ms = 1;
  config.maps_ms = 2;
  config.cloud_ms = 3;
  config.ask_again_ms = 4;
  config.max_samples = 5;
  config.offer_again_ms = 6;
  const auto options = MakeCoordinatorOptions(config, {{}, 25.0, 7});
  EXPECT_EQ(options.scores_deadline, milliseconds(1));
  EXPECT_EQ(options.maps_deadline, milliseconds(2));
  EXPECT_EQ(options.cloud_deadline, milliseconds(3));
  EXPECT_EQ(options.ask_again, milliseconds(4));
  EXPECT_EQ(options.max_samples, 5U);
  EXPECT_EQ(options.offer_again, milliseconds(6));
  EXPECT_EQ(options.schedule.first_tick, 7U);
}

TEST(EdgeConfigTest, ExampleHoldsTheDefaults) {
  EdgeConfig config;
  ConfigTable table;
  AddEdgeKeys(&table, &config);
  table.Load(std::filesystem::path(DDNN_SOURCE_DIR) /
             "edge_agent/example.yaml");
  const EdgeConfig defaults;
  EXPECT_EQ(config.ticks_per_s, 5);  // the devices' example has no end
  EXPECT_EQ(config.open_after_ms, defaults.open_after_ms);
  EXPECT_EQ(config.scores_ms, defaults.scores_ms);
  EXPECT_EQ(config.maps_ms, defaults.maps_ms);
  EXPECT_EQ(config.cloud_ms, defaults.cloud_ms);
  EXPECT_EQ(config.ask_again_ms, defaults.ask_again_ms);
  EXPECT_EQ(config.offer_again_ms, defaults.offer_again_ms);
  EXPECT_EQ(config.max_samples, defaults.max_samples);
  EXPECT_EQ(config.mqtt.url, defaults.mqtt.url);
}

}  // namespace
}  // namespace ddnn

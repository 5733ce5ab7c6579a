#include "edge_agent/edge_agent.h"

#include <gtest/gtest.h>

#include "core/bus/fake_bus.h"
#include "core/wire/json.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

TEST(EdgeAgentTest, SaysGoodbyeWhenStopped) {
  FakeBroker broker;
  const TestScene scene({.edges = 2});
  const SystemClock clock;
  EdgeConfig config;
  config.site = "plant";
  config.agent = "edge1";
  config.group = "yard";
  for (const std::string place : {"edge0", "edge1"}) {
    EdgeMetrics metrics(scene.network().bundle());
    EdgeAgent agent(config, scene.shared_network(),
                    Tree::Of(scene.network().bundle()), place,
                    broker.MakeBus("edge1"), &metrics, clock);
    agent.Start([] {});
    agent.Stop();
    agent.Stop();
    EXPECT_FALSE(agent.gave_up().has_value());
    ASSERT_FALSE(broker.log().empty());
    const auto& last = broker.log().back();
    EXPECT_EQ(last.topic, AgentTopics("plant", "edge1").State());
    const AgentState state = DecodeAgentState(last.payload).value();
    EXPECT_FALSE(state.online);
    EXPECT_EQ(state.place, place);
  }
}

}  // namespace
}  // namespace ddnn

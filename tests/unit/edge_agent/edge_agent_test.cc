#include "edge_agent/edge_agent.h"

#include <gtest/gtest.h>

#include "core/bus/fake_bus.h"
#include "core/wire/json.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

TEST(EdgeAgentTest, SaysGoodbyeWhenStopped) {
  FakeBroker broker;
  const TestScene scene;
  const SystemClock clock;
  EdgeConfig config;
  config.site = "plant";
  config.agent = "edge1";
  config.group = "yard";
  EdgeMetrics metrics(scene.network().bundle());
  EdgeAgent agent(config, scene.shared_network(), broker.MakeBus("edge1"),
                  &metrics, clock);
  agent.Start([] {});
  agent.Stop();
  agent.Stop();
  EXPECT_FALSE(agent.gave_up().has_value());
  ASSERT_FALSE(broker.log().empty());
  const auto& last = broker.log().back();
  EXPECT_EQ(last.topic, AgentTopics("plant", "edge1").State());
  EXPECT_FALSE(DecodeAgentState(last.payload).value().online);
}

}  // namespace
}  // namespace ddnn

#include "cloud_agent/metrics.h"

#include <gtest/gtest.h>

#include "cloud_agent/cloud_pipeline.h"
#include "core/bus/fake_bus.h"
#include "tests/support/metrics_page.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

TEST(CloudMetricsTest, AnAskIsCountedAndTimed) {
  FakeBroker broker;
  TestScene scene;
  const auto bus = broker.MakeBus("cloud1");
  CloudMetrics metrics(scene.network().bundle());
  CloudConfig config;
  config.site = "centre";
  config.agent = "cloud1";
  CloudPipeline pipeline(config, scene.shared_network(), bus.get(), &metrics,
                         7);
  CloudAsk ask{{5, 4}, std::vector<std::optional<FeatureMap>>(6)};
  ask.children[1] = scene.Output(1, {5, 4}).map;
  const Codec codec(scene.network().bundle());
  bus->Start([&](const BusEvent& event) { pipeline.OnEvent(event, {}); });
  for (const std::string& payload : {codec.Encode(ask), std::string("x")}) {
    broker.Inject(
        {.topic = CloudAskTopic("plant", "edge1"), .payload = payload});
  }
  pipeline.OnTime({});
  const MetricsPage page(metrics.registry.Render());
  page.ExpectGoodNames();
  EXPECT_EQ(page.Value("ddnn_mqtt_connected"), 1);
  EXPECT_EQ(
      page.Value(
          R"(ddnn_messages_received_total{link="edge_cloud",kind="ask"})"),
      2);
  EXPECT_EQ(page.Value(
                R"(ddnn_messages_sent_total{link="edge_cloud",kind="answer"})"),
            1);
  EXPECT_EQ(page.Sum("ddnn_messages_rejected_total"), 1);
  EXPECT_EQ(page.Value(R"(ddnn_stage_duration_seconds_count{stage="decide"})"),
            1);
}

}  // namespace
}  // namespace ddnn

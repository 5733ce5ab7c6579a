#include "cloud_agent/metrics.h"

#include <gtest/gtest.h>

#include "cloud_agent/cloud_pipeline.h"
#include "core/bus/fake_bus.h"
#include "tests/support/metrics_page.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

CloudConfig Config() {
  CloudConfig config;
  config.site = "centre";
  config.agent = "cloud1";
  return config;
}

class CloudMetricsTest : public ::testing::Test {
 protected:
  CloudMetricsTest() {
    bus_->Start([&](const BusEvent& event) { pipeline_.OnEvent(event, {}); });
  }
  ~CloudMetricsTest() override { bus_->Stop(); }

  MetricsPage Page() {
    pipeline_.OnTime({});
    return MetricsPage(metrics_.registry.Render());
  }

  TestScene scene_;
  FakeBroker broker_;
  const std::unique_ptr<Bus> bus_ = broker_.MakeBus("cloud1");
  CloudMetrics metrics_{scene_.network().bundle()};
  CloudPipeline pipeline_{Config(), scene_.shared_network(), bus_.get(),
                          &metrics_, 7};
};

TEST_F(CloudMetricsTest, AnAskIsCountedAndTimed) {
  CloudAsk ask{{5, 4}, std::vector<std::optional<FeatureMap>>(6)};
  ask.children[1] = scene_.Output(1, {5, 4}).map;
  const Codec codec(scene_.network().bundle());
  for (const std::string& payload : {codec.Encode(ask), std::string("x")}) {
    broker_.Inject(
        {.topic = CloudAskTopic("plant", "edge1"), .payload = payload});
  }
  const MetricsPage page = Page();
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

TEST_F(CloudMetricsTest, TenThousandOddNamesMakeNoNewSeries) {
  const std::size_t before = Page().series();
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "odd-" + std::to_string(i);
    broker_.Inject({.topic = CloudAskTopic(name, name), .payload = name});
  }
  EXPECT_EQ(Page().series(), before);
  EXPECT_EQ(Page().Sum("ddnn_messages_rejected_total"), 10'000);
}

}  // namespace
}  // namespace ddnn

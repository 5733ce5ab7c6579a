#include "device_agent/metrics.h"

#include "tests/support/metrics_page.h"
#include "tests/unit/device_agent/device_pipeline_fixture.h"

namespace ddnn {
namespace {

class DeviceMetricsTest : public DevicePipelineFixture {
 protected:
  MetricsPage Page() const { return MetricsPage(metrics_.registry.Render()); }
};

TEST_F(DeviceMetricsTest, NamesFollowPrometheusRules) {
  Page().ExpectGoodNames();
}

TEST_F(DeviceMetricsTest, ATickIsCountedAndTimed) {
  source_.told_stats = {.frames_captured = 7,
                        .frames_replaced = 5,
                        .frames_unreadable = 1,
                        .ticks_missed = 2,
                        .restarts = 3,
                        .last_frame = kNow - milliseconds(20)};
  StartGroup();
  TickViews views = Views(kFirst, {1, 2});
  views.captured = kNow - milliseconds(20);
  pipeline_->OnViews(views, kNow);
  Ask({{kFirst, 1}});
  pipeline_->OnTime(kNow);
  const MetricsPage page = Page();
  EXPECT_EQ(page.Value("ddnn_ticks_total"), 1);
  EXPECT_EQ(page.Value("ddnn_views_total"), 2);
  EXPECT_EQ(page.Value("ddnn_frames_captured_total"), 7);
  EXPECT_EQ(page.Value(R"(ddnn_frames_dropped_total{reason="replaced"})"), 5);
  EXPECT_EQ(page.Value(R"(ddnn_frames_dropped_total{reason="unreadable"})"), 1);
  EXPECT_EQ(page.Value(R"(ddnn_ticks_dropped_total{reason="busy"})"), 2);
  EXPECT_EQ(page.Value("ddnn_camera_restarts_total"), 3);
  EXPECT_NEAR(page.Value("ddnn_last_frame_timestamp_seconds"),
              1'800'000'000 - 0.02, 1e-3);
  EXPECT_EQ(
      page.Value(
          R"(ddnn_messages_sent_total{link="device_edge",kind="feature"})"),
      1);
  EXPECT_EQ(
      page.Value(
          R"(ddnn_payload_sent_bytes_total{link="device_edge",kind="score"})") +
          page.Value(
              R"(ddnn_payload_sent_bytes_total{link="device_edge",kind="feature"})"),
      static_cast<double>(Counter("sent_score_payload_bytes") +
                          Counter("sent_feature_payload_bytes")));
  EXPECT_EQ(page.Value(R"(ddnn_stage_duration_seconds_count{stage="infer"})"),
            2);
  EXPECT_EQ(page.Value(R"(ddnn_stage_duration_seconds_count{stage="encode"})"),
            2);
  EXPECT_NEAR(page.Value(R"(ddnn_stage_duration_seconds_sum{stage="view"})"),
              0.02, 1e-6);
}

TEST_F(DeviceMetricsTest, TheBrokerIsSeenToComeAndGo) {
  EXPECT_EQ(Page().Value("ddnn_mqtt_connected"), 0);
  Start();
  EXPECT_EQ(Page().Value("ddnn_mqtt_connected"), 1);
  broker_.Cut("cam");
  EXPECT_EQ(Page().Value("ddnn_mqtt_connected"), 0);
  broker_.Reconnect("cam");
  pipeline_->OnTime(kNow);
  EXPECT_EQ(Page().Value("ddnn_mqtt_connected"), 1);
  EXPECT_EQ(Page().Value(R"(ddnn_mqtt_reconnects_total{cause="broken"})"), 1);
}

TEST_F(DeviceMetricsTest, GarbageIsCountedByReason) {
  StartGroup();
  Tell(topics_.Request(), "x");
  pipeline_->OnTime(kNow);
  EXPECT_EQ(Page().Sum("ddnn_messages_rejected_total"), 1);
}

TEST_F(DeviceMetricsTest, TenThousandOddNamesMakeNoNewSeries) {
  StartGroup();
  pipeline_->OnTime(kNow);
  const std::size_t before = Page().series();
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "\xffodd-" + std::to_string(i);
    for (const std::string& topic :
         {topics_.Request(), topics_.Config(),
          AgentTopics("s", "cam").Command("leave"),
          AgentTopics("s", "cam").Command("clock")}) {
      Tell(topic, "{\"v\":1,\"" + name);
    }
  }
  pipeline_->OnTime(kNow);
  EXPECT_EQ(Page().series(), before);
  EXPECT_EQ(Page().Sum("ddnn_messages_rejected_total"), 40'000);
}

TEST_F(DeviceMetricsTest, TheStateTellsWhereTheyAreWhileOnline) {
  metrics_.address = "127.0.0.1:9110";
  Start();
  const auto birth = Published(AgentTopics("s", "cam").State());
  ASSERT_EQ(birth.size(), 1U);
  EXPECT_EQ(DecodeAgentState(birth[0].payload)->metrics, "127.0.0.1:9110");
  broker_.Cut("cam");
  const auto will = Published(AgentTopics("s", "cam").State()).back();
  EXPECT_EQ(DecodeAgentState(will.payload)->metrics, "");
}

}  // namespace
}  // namespace ddnn

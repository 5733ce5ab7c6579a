#include "edge_agent/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/metrics_page.h"
#include "tests/unit/edge_agent/edge_rig.h"

namespace ddnn {
namespace {

MetricsPage PageOf(const EdgeRig& rig) {
  return MetricsPage(rig.metrics.registry.Render());
}

TestBundleOptions Threshold(float threshold) {
  return {.threshold = threshold};
}

TEST(EdgeMetricsTest, NamesFollowPrometheusRules) {
  const EdgeRig rig;
  PageOf(rig).ExpectGoodNames();
}

TEST(EdgeMetricsTest, ASampleIsCountedByExitAndStatus) {
  EdgeRig rig(Threshold(1));
  rig.Open();
  EXPECT_EQ(
      PageOf(rig).Value(R"(ddnn_samples_total{exit="local",status="ok"})"), 0);
  rig.AllSpeak(0, {4}, 30);
  const MetricsPage page = PageOf(rig);
  EXPECT_EQ(page.Value(R"(ddnn_samples_total{exit="local",status="ok"})"), 1);
  EXPECT_EQ(page.Sum("ddnn_samples_total"), 1);
  EXPECT_EQ(page.Value(R"(ddnn_sample_latency_seconds_count{exit="local"})"),
            1);
  EXPECT_EQ(page.Value(R"(ddnn_exit_entropy_count{exit="local"})"), 1);
  EXPECT_EQ(page.Value(R"(ddnn_exit_threshold{exit="local"})"), 1);
  EXPECT_EQ(
      page.Value(
          R"(ddnn_messages_received_total{link="device_edge",kind="score"})"),
      6);
  EXPECT_GE(page.Value(R"(ddnn_stage_duration_seconds_count{stage="decide"})"),
            6);
}

TEST(EdgeMetricsTest, TheWaitForTheLastDeviceIsObserved) {
  EdgeRig rig(Threshold(1));
  rig.Open();
  for (int i = 0; i < 5; ++i) rig.Speak(i, 0, {4}, 100);
  rig.Speak(5, 0, {4}, 150);
  const MetricsPage page = PageOf(rig);
  EXPECT_EQ(page.Value(
                R"(ddnn_stage_duration_seconds_count{stage="wait_for_views"})"),
            1);
  EXPECT_NEAR(
      page.Value(R"(ddnn_stage_duration_seconds_sum{stage="wait_for_views"})"),
      0.05, 1e-6);
}

TEST(EdgeMetricsTest, LossesAndGarbageAreCountedByReason) {
  EdgeRig rig(Threshold(0));
  rig.Open();
  rig.AllSpeak(0, {4}, 10);
  rig.Inject(rig.group.Score("stranger"), "x", 20);
  rig.pipeline.Stop(EdgeRig::At(30));
  const MetricsPage page = PageOf(rig);
  EXPECT_EQ(page.Value(R"(ddnn_samples_lost_total{reason="shutdown"})"), 1);
  EXPECT_EQ(page.Value(R"(ddnn_messages_rejected_total{reason="unclaimed"})"),
            1);
}

TEST(EdgeMetricsTest, TheStateTellsWhereTheyAre) {
  EdgeRig rig;
  rig.metrics.address = "127.0.0.1:9120";
  rig.Connect();
  EXPECT_EQ(PageOf(rig).Value("ddnn_mqtt_connected"), 1);
  const auto state = DecodeAgentState(
      rig.Newest(AgentTopics("plant", "edge1").State()).payload);
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->metrics, "127.0.0.1:9120");
}

}  // namespace
}  // namespace ddnn

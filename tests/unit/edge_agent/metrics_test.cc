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
  EXPECT_EQ(
      page.Value(
          R"(ddnn_messages_rejected_total{kind="score",reason="unclaimed"})"),
      1);
}

TEST(EdgeMetricsTest, WhatAnAnswerRestsOnIsCounted) {
  EdgeRig rig(Threshold(1));
  rig.Open();
  for (int i = 0; i < 4; ++i) rig.Speak(i, 0, {4}, 10);
  for (int i = 4; i < 6; ++i) rig.Speak(i, 0, {}, 10);
  const MetricsPage page = PageOf(rig);
  EXPECT_EQ(page.Value(R"(ddnn_views_per_sample_bucket{le="3"})"), 0);
  EXPECT_EQ(page.Value(R"(ddnn_views_per_sample_bucket{le="4"})"), 1);
  EXPECT_EQ(page.Value("ddnn_raw_view_bytes_total"), 4 * 3072);
  EXPECT_EQ(page.Value("ddnn_last_result_timestamp_seconds"),
            480000 * 3600 + 0.01);
}

TEST(EdgeMetricsTest, AMissingViewHasAReason) {
  EdgeRig rig(Threshold(1));
  rig.Open();
  EXPECT_EQ(PageOf(rig).Value("ddnn_devices_alive"), 6);
  AgentState gone = rig.DeviceState(0);
  gone.online = false;
  rig.SendState("cam0", gone, 5);
  AgentState blind = rig.DeviceState(1);
  blind.camera_up = false;
  rig.SendState("cam1", blind, 5);
  EXPECT_EQ(PageOf(rig).Value("ddnn_devices_alive"), 4);
  for (int i = 2; i < 5; ++i) rig.Speak(i, 0, {4}, 10);
  rig.Wait(5000);  // 5 is silent
  const MetricsPage page = PageOf(rig);
  const auto missing = [&page](const std::string& reason) {
    return page.Value("ddnn_views_missing_total{reason=\"" + reason + "\"}");
  };
  EXPECT_EQ(missing("gone"), 1);
  EXPECT_EQ(missing("camera"), 1);
  EXPECT_EQ(missing("silent"), 1);
  EXPECT_EQ(page.Value("ddnn_devices_expected"), 6);
}

TEST(EdgeMetricsTest, GapsAndRepeatsOfMessagesAreCounted) {
  EdgeRig rig(Threshold(1));
  rig.Open();
  const auto speak = [&rig](std::uint32_t sequence, int tick) {
    const ScoreMessage message{sequence,
                               {rig.scene.Scores(2, rig.TickAt(tick), {4})}};
    rig.Inject(rig.group.Score("cam2"), rig.codec.Encode(message), 10);
  };
  speak(1, 0);
  speak(4, 1);
  speak(4, 1);
  EXPECT_EQ(PageOf(rig).Value(R"(ddnn_sequence_gaps_total{kind="score"})"), 2);
  EXPECT_EQ(PageOf(rig).Value(R"(ddnn_duplicates_total{kind="score"})"), 1);
  rig.SendState("cam2", rig.DeviceState(2, /*boot=*/501), 20);
  speak(1, 2);  // another run counts from the start
  EXPECT_EQ(PageOf(rig).Sum("ddnn_sequence_gaps_total"), 2);
  EXPECT_EQ(PageOf(rig).Sum("ddnn_duplicates_total"), 1);
}

TEST(EdgeMetricsTest, TenThousandOddNamesMakeNoNewSeries) {
  EdgeRig rig;
  rig.Open();
  rig.Wait(10);
  const std::size_t before = PageOf(rig).series();
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "odd-" + std::to_string(i);
    rig.Inject(GroupTopics("plant", name).Score(name), "x", 20);
    rig.Inject(rig.group.Score(name), "x", 20);
    rig.Inject(AgentTopics("plant", name).State(), "{\"v\":1,\"" + name, 20);
    rig.Inject(rig.group.Clock(name), "\xff" + name, 20);
  }
  EXPECT_EQ(PageOf(rig).series(), before);
  EXPECT_EQ(PageOf(rig).Sum("ddnn_messages_rejected_total"), 30'000);
}

TEST(EdgeMetricsTest, TheBrokersWordsReachThePageWhenAskedFor) {
  EdgeRig rig;
  rig.Connect();
  rig.Inject("$SYS/broker/clients/connected", "8", 10);
  EXPECT_EQ(PageOf(rig).Sum("ddnn_messages_rejected_total"), 0);  // not heard
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

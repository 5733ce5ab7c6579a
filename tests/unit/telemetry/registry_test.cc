#include "core/telemetry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "core/telemetry/agent_metrics.h"
#include "core/telemetry/stage_timer.h"
#include "tests/support/metrics_page.h"

namespace ddnn {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

CounterTable Doors() {
  return {{"ddnn_doors_total",
           "Doors.",
           {{"opened", {{"way", "open"}}}, {"closed", {{"way", "close"}}}}}};
}

TEST(MetricsRegistryTest, EveryRowIsThereFromTheStart) {
  MetricsRegistry registry;
  registry.AddCounters(Doors());
  const MetricsPage page(registry.Render());
  EXPECT_EQ(page.Value(R"(ddnn_doors_total{way="open"})"), 0);
  EXPECT_EQ(page.Value(R"(ddnn_doors_total{way="close"})"), 0);
}

TEST(MetricsRegistryTest, CountersShowWhatWasHandedOverLast) {
  MetricsRegistry registry;
  CounterFeed feed = registry.AddCounters(Doors());
  AgentCounters counters{{"opened", 3}};
  feed.Update(counters);
  ++counters["opened"];
  EXPECT_EQ(MetricsPage(registry.Render()).Sum("ddnn_doors_total"), 3);
  feed.Update(counters);
  EXPECT_EQ(MetricsPage(registry.Render()).Sum("ddnn_doors_total"), 4);
}

TEST(MetricsRegistryTest, ACounterMayComeLater) {
  MetricsRegistry registry;
  CounterFeed feed = registry.AddCounters(Doors());
  AgentCounters counters{{"opened", 3}};
  feed.Update(counters);
  counters["closed"] = 5;
  counters["of_no_row"] = 7;
  feed.Update(counters);
  const MetricsPage page(registry.Render());
  EXPECT_EQ(page.Value(R"(ddnn_doors_total{way="close"})"), 5);
  EXPECT_THAT(registry.Render(), Not(HasSubstr("of_no_row")));
}

TEST(MetricsRegistryTest, GaugesOfOneNameAreSeriesOfOneFamily) {
  MetricsRegistry registry;
  Gauge local = registry.AddGauge("ddnn_t", "T.", {{"exit", "local"}});
  registry.AddGauge("ddnn_t", "T.", {{"exit", "edge"}}).Set(0.5);
  local.Set(0.8);
  const MetricsPage page(registry.Render());
  EXPECT_EQ(page.Value(R"(ddnn_t{exit="local"})"), 0.8);
  EXPECT_EQ(page.Value(R"(ddnn_t{exit="edge"})"), 0.5);
}

TEST(MetricsRegistryTest, ABucketHoldsItsUpperEnd) {
  MetricsRegistry registry;
  Histogram eta =
      registry.AddHistogram("ddnn_eta", "Eta.", std::array{0.5, 1.0});
  eta.Observe(0.5);
  eta.Observe(1);
  const MetricsPage page(registry.Render());
  EXPECT_EQ(page.Value(R"(ddnn_eta_bucket{le="0.5"})"), 1);
  EXPECT_EQ(page.Value(R"(ddnn_eta_bucket{le="1"})"), 2);
  EXPECT_EQ(page.Value("ddnn_eta_sum"), 1.5);
}

TEST(MetricsRegistryTest, OddTextInALabelIsEscaped) {
  MetricsRegistry registry;
  registry.AddGauge("ddnn_t", "T.", {{"bundle", "a\"b\\c\nd"}});
  EXPECT_THAT(registry.Render(), HasSubstr(R"(bundle="a\"b\\c\nd")"));
}

TEST(MetricsRegistryTest, IsScrapedWhileItMoves) {
  MetricsRegistry registry;
  CounterFeed feed = registry.AddCounters(Doors());
  Gauge gauge = registry.AddGauge("ddnn_t", "T.");
  AgentCounters counters{{"opened", 0}};
  std::thread pipeline([&] {
    for (int i = 0; i < 1000; ++i) {
      ++counters["opened"];
      feed.Update(counters);
      gauge.Set(i);
    }
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_LE(MetricsPage(registry.Render()).Sum("ddnn_doors_total"), 1000);
  }
  pipeline.join();
  EXPECT_EQ(MetricsPage(registry.Render()).Sum("ddnn_doors_total"), 1000);
}

TEST(AgentMetricsTest, SayWhoTheyAreOf) {
  const AgentMetrics metrics(
      {.tier = "edge", .bundle = "street", .tag = 0xbeef}, Doors());
  const MetricsPage page(metrics.registry.Render());
  page.ExpectGoodNames();
  EXPECT_EQ(
      page.Value(
          R"(ddnn_bundle_info{bundle="street",hash="0000beef",tier="edge"})"),
      1);
  EXPECT_THAT(metrics.registry.Render(),
              ContainsRegex("ddnn_build_info\\{commit=\"[0-9a-z-]+\","
                            "version=\"" DDNN_VERSION "\"\\} 1"));
  EXPECT_EQ(page.Value("ddnn_mqtt_connected"), 0);
  EXPECT_EQ(page.Value("ddnn_mqtt_queue_messages"), 0);
}

TEST(MetricsRegistryTest, TheProcessIsOnThePage) {
  const MetricsPage page(MetricsRegistry().Render());
  EXPECT_GE(page.Value("process_cpu_seconds_total"), 0);
  EXPECT_GT(page.Value("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(page.Value("process_open_fds"), 2);
  EXPECT_GT(page.Value("process_max_fds"), page.Value("process_open_fds"));
  EXPECT_GT(page.Value("process_start_time_seconds"), 1.6e9);
}

TEST(StageTimerTest, ObservesItsScopeOnce) {
  MetricsRegistry registry;
  const Histogram stage = AddStage(&registry, "infer");
  { const StageTimer timer(stage); }
  const MetricsPage page(registry.Render());
  EXPECT_EQ(page.Value(R"(ddnn_stage_duration_seconds_count{stage="infer"})"),
            1);
}

}  // namespace
}  // namespace ddnn

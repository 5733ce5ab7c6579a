#include "cli/report/prometheus_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace ddnn {
namespace {

using testing::Contains;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

constexpr double kStart = 1000;

/// Values a second apart, from `from_s` after the start of the range on.
Series Of(std::map<std::string, std::string> labels,
          const std::vector<double>& values, double from_s = 0) {
  labels.try_emplace("site", "yard");
  labels.try_emplace("group", "gate");
  labels.try_emplace("instance", "edge:1");
  Series series{std::move(labels), {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    series.samples.push_back(
        {kStart + from_s + static_cast<double>(i), values[i]});
  }
  return series;
}

ScrapedRange Range() {
  ScrapedRange range{
      .from_s = kStart, .to_s = kStart + 10, .step_s = 1, .metrics = {}};
  range.metrics["ddnn_samples_total"] = {
      Of({{"exit", "local"}, {"status", "ok"}}, {100, 102, 105}),
      Of({{"exit", "cloud"}, {"status", "degraded"}}, {10, 10, 11}),
      Of({{"exit", "local"}, {"status", "fallback"}}, {0, 1, 1})};
  range.metrics["ddnn_samples_lost_total"] = {
      Of({{"reason", "late"}}, {3, 3, 5}),
      Of({{"reason", "silent"}}, {0, 0, 0})};
  return range;
}

RunFigures Figures(const ScrapedRange& range) {
  auto run = FiguresOf(range, "", "");
  EXPECT_TRUE(run) << run.message();
  return run ? *run : RunFigures{};
}

TEST(PrometheusRunTest, CountsAreDifferencesOfTheCounters) {
  const RunFigures run = Figures(Range());
  EXPECT_THAT(run.outcomes, ElementsAre(5, 0, 1, 1, 2));
  EXPECT_EQ(run.samples(), 9);
  EXPECT_EQ(run.degraded, 1);
  EXPECT_EQ(run.losses.at("late"), 2);
  EXPECT_EQ(run.losses.count("silent"), 0U);
  EXPECT_EQ(run.title, "yard/gate");
}

TEST(PrometheusRunTest, CounterThatFallsHasStartedAnew) {
  ScrapedRange range = Range();
  range.metrics["ddnn_samples_total"] = {
      Of({{"exit", "local"}, {"status", "ok"}}, {100, 103, 2, 4})};
  EXPECT_EQ(At(Figures(range).outcomes, Outcome::kLocal), 3 + 2 + 2);
}

TEST(PrometheusRunTest, AgentThatStartedWithinTheRangeCountsFromNought) {
  ScrapedRange range = Range();
  range.metrics["process_start_time_seconds"] = {Of({}, {kStart + 0.5}, 1)};
  EXPECT_EQ(At(Figures(range).outcomes, Outcome::kLocal), 105);
}

TEST(PrometheusRunTest, SeriesThatAppearsWithinTheRangeCountsFromNought) {
  ScrapedRange range = Range();
  range.metrics["ddnn_samples_total"] = {
      Of({{"exit", "local"}, {"status", "ok"}}, {7, 8}, 5)};
  const RunFigures run = Figures(range);
  EXPECT_EQ(At(run.outcomes, Outcome::kLocal), 8);
  EXPECT_DOUBLE_EQ(run.seconds, 6);
}

TEST(PrometheusRunTest, TicksThatWereNeverHeardAreTold) {
  ScrapedRange range = Range();
  range.metrics["ddnn_ticks_unheard_total"] = {Of({}, {2, 2, 5})};
  EXPECT_THAT(Figures(range).notes, Contains(HasSubstr("Of 3 ticks")));
  range.metrics["ddnn_ticks_unheard_total"] = {Of({}, {2, 2, 2})};
  EXPECT_THAT(Figures(range).notes, Not(Contains(HasSubstr("ticks"))));
}

TEST(PrometheusRunTest, LatencyComesFromTheBuckets) {
  ScrapedRange range = Range();
  for (const auto& [le, count] : std::map<std::string, double>{
           {"0.001", 0}, {"0.002", 50}, {"0.004", 90}, {"+Inf", 100}}) {
    range.metrics["ddnn_sample_latency_seconds_bucket"].push_back(
        Of({{"exit", "local"}, {"le", le}}, {0, count}));
  }
  const RunFigures run = Figures(range);
  ASSERT_THAT(run.latency, SizeIs(3));
  EXPECT_DOUBLE_EQ(run.latency[0].from_ms, 1);
  EXPECT_DOUBLE_EQ(run.latency[0].to_ms, 2);
  EXPECT_EQ(At(run.latency[1].counts, Outcome::kLocal), 40);
  EXPECT_EQ(At(run.latency[2].counts, Outcome::kLocal), 10);
  EXPECT_THAT(run.all_latency_ms.p50, Optional(DoubleNear(2, 1e-9)));
  // Beyond the last bound nothing is known.
  EXPECT_THAT(run.all_latency_ms.p95, Optional(DoubleNear(4, 1e-9)));
  EXPECT_FALSE(At(run.latency_ms, Outcome::kCloud).p50);
}

TEST(PrometheusRunTest, BytesArePerDeviceSample) {
  ScrapedRange range = Range();
  range.metrics["ddnn_devices_expected"] = {Of({}, {2, 2})};
  range.metrics["ddnn_raw_view_bytes_total"] = {Of({}, {0, 9 * 3072})};
  range.metrics["ddnn_content_bytes_total"] = {
      Of({{"tier", "edge"}}, {0, 180})};
  for (const std::string kind : {"score", "feature"}) {
    range.metrics["ddnn_mqtt_sent_bytes_total"].push_back(
        Of({{"tier", "device"},
            {"agent", "pi0"},
            {"link", "device_edge"},
            {"kind", kind}},
           {0, 360}));
  }
  range.metrics["ddnn_mqtt_sent_bytes_total"].push_back(
      Of({{"tier", "edge"}, {"link", "device_edge"}, {"kind", "request"}},
         {0, 5000}));
  const RunFigures run = Figures(range);
  EXPECT_THAT(run.BytesOf("raw_seen"), Optional(1536.0));
  EXPECT_THAT(run.BytesOf("content"), Optional(10.0));
  EXPECT_THAT(run.BytesOf("mqtt"), Optional(40.0));
  EXPECT_EQ(run.BytesOf("payload"), std::nullopt);
}

TEST(PrometheusRunTest, TruthComesFromTheDemo) {
  ScrapedRange range = Range();
  range.metrics["ddnn_labelled_samples_total"] = {
      Of({{"class", "car"}, {"correct", "yes"}}, {0, 4}),
      Of({{"class", "car"}, {"correct", "no"}}, {0, 1}),
      Of({{"class", "person"}, {"correct", "yes"}}, {0, 3})};
  const RunFigures run = Figures(range);
  EXPECT_EQ(run.right.correct, 7);
  EXPECT_EQ(run.right.total, 8);
  ASSERT_THAT(run.by_class, SizeIs(2));
  EXPECT_EQ(run.by_class[0].second.total, 5);
}

TEST(PrometheusRunTest, AgentsAreThereWhileTheirScrapesSucceed) {
  ScrapedRange range = Range();
  const std::map<std::string, std::string> pi{
      {"agent", "pi0"}, {"tier", "device"}, {"device", "0"}};
  range.metrics["up"] = {Of(pi, {1, 1, 1, 0, 0}, 1)};
  range.metrics["ddnn_camera_up"] = {Of(pi, {1, 1, 0}, 1)};
  const RunFigures run = Figures(range);
  ASSERT_THAT(run.agents, SizeIs(1));
  const auto& stretches = run.agents[0].stretches;
  ASSERT_THAT(stretches, SizeIs(3));
  EXPECT_EQ(stretches[0].presence, RunFigures::Presence::kThere);
  EXPECT_DOUBLE_EQ(stretches[0].to_s, 2);
  EXPECT_EQ(stretches[1].presence, RunFigures::Presence::kCameraDown);
  EXPECT_EQ(stretches[2].presence, RunFigures::Presence::kGone);
  EXPECT_DOUBLE_EQ(stretches[2].to_s, 5);
  EXPECT_EQ(run.agents[0].device, 0);
}

TEST(PrometheusRunTest, AnIntervalIsNotShorterThanTheTimeBetweenScrapes) {
  ScrapedRange range = Range();
  EXPECT_DOUBLE_EQ(Figures(range).interval_s, 1);
  // Asked each second, scraped every three.
  range.metrics["timestamp(up)"] = {
      Of({}, {1000.1, 1000.1, 1003.1, 1003.1, 1003.1, 1006.1, 1006.1})};
  const RunFigures run = Figures(range);
  EXPECT_DOUBLE_EQ(run.interval_s, 3);
  ASSERT_THAT(run.intervals, SizeIs(1));
  EXPECT_EQ(At(run.intervals[0].outcomes, Outcome::kLocal), 5);
}

TEST(PrometheusRunTest, UnknownMetricsAreNamed) {
  EXPECT_THAT(Figures(Range()).notes,
              Contains(HasSubstr("ddnn_devices_expected")));
}

TEST(PrometheusRunTest, NoGroupAndSeveralGroupsAreFailures) {
  ScrapedRange range = Range();
  EXPECT_EQ(FiguresOf(range, "", "door").error(), Error::kNotFound);
  EXPECT_EQ(FiguresOf({}, "", "").error(), Error::kNotFound);
  range.metrics["ddnn_samples_total"].push_back(
      Of({{"group", "door"}, {"exit", "local"}, {"status", "ok"}}, {1, 2}));
  const auto several = FiguresOf(range, "", "");
  ASSERT_FALSE(several);
  EXPECT_THAT(several.message(), HasSubstr("yard/door, yard/gate"));
  EXPECT_EQ(FiguresOf(range, "", "door")->samples(), 1);
}

TEST(PrometheusSeriesTest, AnswerIsRead) {
  const auto series = ParseRangeAnswer(
      R"({"status":"success","data":{"resultType":"matrix","result":[
          {"metric":{"__name__":"up","agent":"a"},
           "values":[[1000,"1"],[1001.5,"NaN"],[1002,"+Inf"]]}]}})");
  ASSERT_TRUE(series) << series.message();
  ASSERT_THAT(*series, SizeIs(1));
  EXPECT_EQ(series->front().Label("agent"), "a");
  EXPECT_EQ(series->front().Label("nope"), "");
  ASSERT_THAT(series->front().samples, SizeIs(2));
  EXPECT_EQ(series->front().samples[1].time_s, 1002);
  EXPECT_EQ(series->front().samples[1].value,
            std::numeric_limits<double>::infinity());
}

TEST(PrometheusSeriesTest, PrometheusOwnWordsAreTold) {
  const auto series = ParseRangeAnswer(
      R"({"status":"error","errorType":"bad_data","error":"parse error"})");
  ASSERT_FALSE(series);
  EXPECT_EQ(series.error(), Error::kRefused);
  EXPECT_EQ(series.message(), "parse error");
}

TEST(PrometheusSeriesTest, OtherAnswersAreRefused) {
  for (
      const char* json :
      {"", "[]", "{}", "<html>", R"({"status":"success"})",
       R"({"status":"success","data":{"resultType":"vector","result":[]}})",
       R"({"data":{"resultType":"matrix","result":{}}})",
       R"({"data":{"resultType":"matrix","result":[1]}})",
       R"({"data":{"resultType":"matrix","result":[{"metric":{}}]}})",
       R"({"data":{"resultType":"matrix","result":[{"metric":{},"values":[1]}]}})",
       R"({"data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]}})",
       R"({"data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}})"}) {
    const auto series = ParseRangeAnswer(json);
    ASSERT_FALSE(series) << json;
    EXPECT_EQ(series.error(), Error::kMalformed);
  }
}

}  // namespace
}  // namespace ddnn

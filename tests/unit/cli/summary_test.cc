#include "cli/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> KeysOf(const nlohmann::ordered_json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

TEST(PercentilesTest, NearestRank) {
  std::vector<double> values(100);
  std::iota(values.rbegin(), values.rend(), 1.0);
  const Percentiles percentiles = PercentilesOf(values);
  EXPECT_EQ(percentiles.p50, 50.0);
  EXPECT_EQ(percentiles.p95, 95.0);
  EXPECT_EQ(percentiles.p99, 99.0);
}

TEST(PercentilesTest, OneValueIsAllOfThem) {
  const Percentiles percentiles = PercentilesOf({7.0});
  EXPECT_EQ(percentiles.p50, 7.0);
  EXPECT_EQ(percentiles.p99, 7.0);
}

TEST(PercentilesTest, NoValuesAreUnknown) {
  EXPECT_EQ(PercentilesOf({}).p50, std::nullopt);
}

TEST(NearestRankTest, AtLeastTheShareIsNoLarger) {
  const std::vector<double> values{1, 2, 3, 4};
  EXPECT_EQ(NearestRank(values, 0.01), 1.0);
  EXPECT_EQ(NearestRank(values, 0.5), 2.0);
  EXPECT_EQ(NearestRank(values, 0.51), 3.0);
  EXPECT_EQ(NearestRank(values, 1), 4.0);
}

TEST(TallyTest, AnEmptyTallyHasNoAccuracy) {
  EXPECT_EQ(Tally{}.accuracy(), std::nullopt);
  EXPECT_EQ((Tally{1, 4}).accuracy(), 0.25);
}

TEST(SummaryTest, JsonHasTheDocumentedKeysInOrder) {
  const auto json = nlohmann::ordered_json::parse(ToJson(Summary{}));
  EXPECT_EQ(KeysOf(json),
            (std::vector<std::string>{
                "samples", "results", "lost", "duplicates", "blind", "accuracy",
                "by_class", "by_source", "exit_share", "formula_bytes",
                "content_bytes", "payload_bytes", "mqtt_bytes",
                "interface_bytes", "cloud_interface_bytes", "latency_ms"}));
  EXPECT_EQ(KeysOf(json["accuracy"]),
            (std::vector<std::string>{"local", "edge", "cloud", "overall",
                                      "balanced"}));
  EXPECT_EQ(KeysOf(json["exit_share"]),
            (std::vector<std::string>{"local", "edge", "cloud", "fallback"}));
  EXPECT_EQ(KeysOf(json["latency_ms"]),
            (std::vector<std::string>{"local", "edge", "cloud"}));
  EXPECT_EQ(KeysOf(json["latency_ms"]["edge"]),
            (std::vector<std::string>{"p50", "p95", "p99"}));
}

TEST(SummaryTest, WhatIsUnknownIsNull) {
  const auto json = nlohmann::json::parse(ToJson(Summary{}));
  EXPECT_TRUE(json["payload_bytes"].is_null());
  EXPECT_TRUE(json["accuracy"]["edge"].is_null());
  EXPECT_TRUE(json["latency_ms"]["cloud"]["p99"].is_null());
}

TEST(SummaryTest, TalliesAreObjectsByName) {
  Summary summary;
  summary.by_class = {{"car", {3, 4}}, {"bus", {0, 0}}};
  const auto json = nlohmann::json::parse(ToJson(summary));
  EXPECT_EQ(json["by_class"]["car"]["correct"], 3);
  EXPECT_EQ(json["by_class"]["car"]["total"], 4);
  EXPECT_EQ(json["by_class"]["bus"]["total"], 0);
}

TEST(SummaryTest, NamesThatAreNotTextDoNotBreakTheJson) {
  Summary summary;
  summary.by_source = {{"\xff\"bad", {1, 1}}};
  EXPECT_TRUE(nlohmann::json::accept(ToJson(summary)));
}

TEST(SummaryTest, TheTableShowsAbsentFiguresAsDashes) {
  Summary summary;
  summary.samples = 137;
  summary.accuracy[0] = 0.5;
  const std::string table = ToTable(summary, 1143.0);
  EXPECT_THAT(table, HasSubstr("samples 137"));
  EXPECT_THAT(table, HasSubstr("0.5000        -        -"));
  EXPECT_THAT(table, HasSubstr("raw 3072, JPEG 1143.0"));
  EXPECT_THAT(table, Not(HasSubstr("latency")));
}

TEST(SummaryTest, TheTableNamesTheClassesThatBalancedMeans) {
  Summary summary;
  summary.by_class = {{"car", {1, 1}}, {"bus", {0, 1}}, {"person", {1, 1}}};
  summary.balanced = BalancedAccuracy(summary.by_class);
  EXPECT_THAT(ToTable(summary, 1),
              HasSubstr("balanced (car, person) 1.0000\n"));
  summary.by_class.erase(summary.by_class.begin() + 1);
  EXPECT_THAT(ToTable(summary, 1), HasSubstr("balanced 1.0000\n"));
}

TEST(SummaryTest, SourcesThatAreTheClassesAreShownOnce) {
  Summary summary;
  summary.by_class = {{"car", {1, 2}}, {"bus", {1, 1}}};
  summary.by_source = {{"bus", {1, 1}}, {"car", {1, 2}}};
  EXPECT_THAT(ToTable(summary, 1), Not(HasSubstr("right by source")));
  summary.by_source[0].second.correct = 0;
  EXPECT_THAT(ToTable(summary, 1), HasSubstr("right by source"));
}

TEST(SummaryTest, TheTableExplainsUnknownExits) {
  Summary summary;
  EXPECT_THAT(ToTable(summary, 1), HasSubstr("-: not all got as far"));
  summary.accuracy.fill(1.0);
  EXPECT_THAT(ToTable(summary, 1), Not(HasSubstr("not all got as far")));
}

}  // namespace
}  // namespace ddnn

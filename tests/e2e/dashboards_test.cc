// What ships in dashboards/, before a real Prometheus that scrapes a real demo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "core/base/file.h"
#include "tests/e2e/observed_demo.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/metrics_page.h"
#include "tests/support/provision.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::filesystem::path Shipped(const std::string& name) {
  return SourceFolder() / "dashboards" / name;
}

/// One query of a panel, its variables chosen.
struct PanelQuery {
  std::string where;  ///< dashboard and panel
  std::string unit;
  std::string expr;
};

std::vector<Json> ShippedDashboards() {
  std::vector<Json> dashboards;
  for (const auto& file :
       std::filesystem::directory_iterator(Shipped("grafana/dashboards"))) {
    dashboards.push_back(Json::parse(Slurp(file.path())));
  }
  return dashboards;
}

std::vector<PanelQuery> PanelQueries() {
  std::vector<PanelQuery> queries;
  for (const Json& dashboard : ShippedDashboards()) {
    for (const Json& panel : dashboard["panels"]) {
      for (const Json& target : panel.value("targets", Json::array())) {
        std::string expr = target["expr"];
        for (const auto& [variable, value] :
             {std::pair{"$__rate_interval", "20s"},
              {"$__range", "1m"},
              {"$site", ".*"},
              {"$group", ".*"},
              {"$device", "device0"}}) {
          expr = Replaced(expr, variable, value);
        }
        queries.push_back(
            {fmt::format("{}: {}", dashboard["title"].get<std::string>(),
                         panel["title"].get<std::string>()),
             panel["fieldConfig"]["defaults"]["unit"], expr});
      }
    }
  }
  return queries;
}

std::set<std::string> MetricsIn(const std::string& expr) {
  static const std::regex name(R"(\b(ddnn[_:]|process_)[a-z0-9_:]+)");
  std::set<std::string> names;
  for (std::sregex_iterator i(expr.begin(), expr.end(), name), end; i != end;
       ++i) {
    names.insert(i->str());
  }
  return names;
}

/// Expressions that find nothing where all is well, or on a machine whose
/// kernel tells nothing.
bool MayBeEmpty(const std::string& expr) {
  return expr.find("ALERTS") != std::string::npos ||
         expr.find("ddnn_host_") != std::string::npos ||
         expr.find("ddnn_messages_rejected_total") != std::string::npos ||
         expr.find("ddnn_byte_budget_bytes_per_second") != std::string::npos;
}

/// A rate is there after two scrapes, a quantile once it has samples.
bool IsThere(const Json& found) {
  return !found.empty() && std::ranges::all_of(found, [](const Json& series) {
    return std::isfinite(LocalPrometheus::ValueOf(series));
  });
}

void ExpectSaneAnswers(const LocalPrometheus& prometheus) {
  for (const PanelQuery& query : PanelQueries()) {
    SCOPED_TRACE(query.where + "\n" + query.expr);
    Json found;
    ASSERT_TRUE(Eventually([&] {
      found = prometheus.Query(query.expr);
      return IsThere(found) || (found.empty() && MayBeEmpty(query.expr));
    })) << found;
    if (query.unit != "percentunit") continue;
    for (const Json& series : found) {
      const double value = LocalPrometheus::ValueOf(series);
      EXPECT_TRUE(value >= 0 && value <= 1 + 1e-9) << series;
    }
  }
}

void ExpectHealthyRules(const LocalPrometheus& prometheus) {
  std::vector<Json> rules;
  EXPECT_TRUE(Eventually([&] {  // each has had its turn
    rules = prometheus.Rules();
    return std::ranges::none_of(
        rules, [](const Json& rule) { return rule["health"] == "unknown"; });
  }));
  EXPECT_GT(rules.size(), 20U);
  for (const Json& rule : rules) {
    const std::string name = rule["name"];
    EXPECT_EQ(rule["health"], "ok") << name << rule.value("lastError", "");
    if (rule["type"] == "alerting") {
      // One late scrape makes some "pending".
      EXPECT_NE(rule["state"], "firing") << name;
    } else {
      ASSERT_TRUE(Eventually([&] { return !prometheus.Query(name).empty(); }))
          << name;
    }
  }
}

/// What dashboards and rules name, and what they record themselves.
struct Named {
  std::set<std::string> metrics;
  std::set<std::string> recorded;
};

Named NamesOf(const LocalPrometheus& prometheus) {
  Named named;
  for (const PanelQuery& query : PanelQueries()) {
    named.metrics.merge(MetricsIn(query.expr));
  }
  for (const Json& dashboard : ShippedDashboards()) {
    named.metrics.merge(MetricsIn(dashboard["templating"].dump()));
  }
  for (const Json& rule : prometheus.Rules()) {
    named.metrics.merge(MetricsIn(rule["query"]));
    if (rule["type"] == "recording") named.recorded.insert(rule["name"]);
  }
  return named;
}

/// A histogram is named by its parts.
std::string WithoutPart(const std::string& name) {
  for (const std::string part : {"_bucket", "_sum", "_count"}) {
    if (name.ends_with(part)) return name.substr(0, name.size() - part.size());
  }
  return name;
}

void ExpectNamesToAgree(const ObservedDemo& demo) {
  std::set<std::string> exported;
  for (const MetricsPage& page : demo.Pages()) {
    for (const std::string& name : page.Names()) exported.insert(name);
  }
  EXPECT_GT(exported.size(), 50U);
  const Named named = NamesOf(demo.prometheus());
  std::set<std::string> used;
  for (const std::string& name : named.metrics) {
    used.insert(WithoutPart(name));
    EXPECT_TRUE(exported.contains(WithoutPart(name)) ||
                named.recorded.contains(name) || name.starts_with("ddnn_host_"))
        << "no agent exports " << name;
  }
  const std::string readme = Slurp(Shipped("README.md"));
  for (const std::string& name : exported) {
    if (used.contains(name)) continue;
    EXPECT_THAT(readme, HasSubstr("`" + name + "`"))
        << "nothing shows it: use it, or name it in the README";
  }
}

/// Prometheus's figures of a whole run are the demo's own.
void ExpectSameFigures(const std::map<std::string, double>& seen,
                       const Json& summary) {
  const double results = summary["results"];
  EXPECT_EQ(seen.at("results"), results);
  EXPECT_EQ(seen.at("latencies"), results);
  EXPECT_EQ(seen.at("right"),
            std::round(results * summary["accuracy"]["overall"].get<double>()));
  EXPECT_EQ(seen.at("wrong"), results - seen.at("right"));
  for (const char* exit : {"local", "edge", "cloud", "fallback"}) {
    EXPECT_NEAR(seen.at(exit) / results, summary["exit_share"][exit], 1e-9);
  }
  const double device_samples = results * 6;
  for (const char* bytes : {"content_bytes", "payload_bytes", "mqtt_bytes"}) {
    EXPECT_NEAR(seen.at(bytes) / device_samples, summary[bytes], 1e-6) << bytes;
  }
}

std::map<std::string, double> FiguresIn(const LocalPrometheus& prometheus) {
  const std::string sent =
      R"({tier="device", link="device_edge", kind=~"score|feature|offload"}))";
  std::map<std::string, std::string> queries{
      {"results", "sum(ddnn_samples_total)"},
      {"fallback", R"(sum(ddnn_samples_total{status="fallback"}))"},
      {"latencies", "sum(ddnn_sample_latency_seconds_count)"},
      {"right", R"(sum(ddnn_labelled_samples_total{correct="yes"}))"},
      {"wrong", R"(sum(ddnn_labelled_samples_total{correct="no"}))"},
      {"content_bytes", R"(sum(ddnn_content_bytes_total{tier="edge"}))"},
      {"payload_bytes", "sum(ddnn_payload_sent_bytes_total" + sent},
      {"mqtt_bytes", "sum(ddnn_mqtt_sent_bytes_total" + sent}};
  for (const char* exit : {"local", "edge", "cloud"}) {
    queries[exit] = fmt::format(
        R"(sum(ddnn_samples_total{{exit="{}", status!="fallback"}}))", exit);
  }
  std::map<std::string, double> figures;
  for (const auto& [name, query] : queries) {
    figures[name] = prometheus.Value(query);
  }
  return figures;
}

class DashboardsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (RunProgramToEnd({"/bin/sh", "-c", "command -v prometheus"}).code != 0) {
      GTEST_SKIP() << "prometheus (Debian package) is not installed";
    }
  }
};

// One run for all of this: rates need their time.
TEST_F(DashboardsTest, PrometheusSeesAWholeRunAsTheDemoDoes) {
  ObservedDemo demo({"--samples", "500"});
  ASSERT_TRUE(demo.AwaitAnswers());
  EXPECT_EQ(demo.alerts_page().status, 200);
  EXPECT_THAT(demo.alerts_page().body, HasSubstr("<title>"));
  const LocalPrometheus& prometheus = demo.prometheus();
  ASSERT_NO_FATAL_FAILURE(ExpectSaneAnswers(prometheus));
  ASSERT_NO_FATAL_FAILURE(ExpectHealthyRules(prometheus));
  ExpectNamesToAgree(demo);
  for (const char* shares :
       {"ddnn:exit_share:ratio_rate1m", "ddnn:status_share:ratio_rate1m"}) {
    EXPECT_NEAR(prometheus.Value(fmt::format("sum({})", shares)), 1, 1e-9);
  }
  ASSERT_TRUE(Eventually(
      [&] {
        return demo.demo().output().find("\nbeing scraped") !=
               std::string::npos;
      },
      milliseconds(90'000)));
  const double at_rest = prometheus.Value("vector(time())");
  ASSERT_TRUE(Eventually(
      [&] { return prometheus.Value("min(timestamp(up))") > at_rest; }));
  const auto figures = FiguresIn(prometheus);
  EXPECT_EQ(demo.demo().AwaitEnd(), 0) << demo.demo().output();
  ExpectSameFigures(figures, Json::parse(demo.demo().summary()));
}

TEST_F(DashboardsTest, AKilledAgentIsDownWithinTwoScrapes) {
  const TinyWorld world;
  ObservedDemo demo(world.Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  const std::string up = R"(up{agent="device1"})";
  ASSERT_TRUE(Eventually([&] { return demo.prometheus().Value(up) == 1; }));
  ::kill(demo.demo().PidOf("device1"), SIGKILL);
  EXPECT_TRUE(Eventually([&] { return demo.prometheus().Value(up) == 0; },
                         milliseconds(11'000)));
  demo.demo().process().Signal(SIGINT);
  EXPECT_EQ(demo.demo().AwaitEnd(), 0);
}

TEST_F(DashboardsTest, AnInstalledGrafanaGetsTheDashboardsAndEndsWithTheDemo) {
  const TempFolder folder;
  const auto program = folder / "grafana";
  ASSERT_TRUE(
      WriteFileAtomically(program, "#!/bin/sh\necho \"$@\"\nexec sleep 100\n")
          .ok());
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  ::setenv("DDNN_GRAFANA", program.c_str(), 1);
  const TinyWorld world;
  ObservedDemo demo(world.Arguments());
  ASSERT_TRUE(demo.AwaitAnswers());
  EXPECT_THAT(demo.demo().output(), HasSubstr("Grafana    http://127.0.0.1:"));
  const auto scratch = demo.demo().demo_folder();
  EXPECT_THAT(Slurp(scratch / "grafana.log"),
              HasSubstr("server --homepath=/usr/share/grafana "
                        "cfg:server.protocol=http "
                        "cfg:server.http_addr=127.0.0.1"));
  const auto provisioning = scratch / "grafana/provisioning";
  EXPECT_THAT(Slurp(provisioning / "datasources/ddnn.yml"),
              HasSubstr(fmt::format("url: {}\n", demo.prometheus().url())));
  EXPECT_THAT(Slurp(provisioning / "dashboards/ddnn.yml"),
              HasSubstr("path: " + Shipped("grafana/dashboards").string()));
  const auto children = demo.demo().processes();
  demo.demo().process().Signal(SIGINT);
  EXPECT_EQ(demo.demo().AwaitEnd(), 0);
  for (const pid_t child : children) EXPECT_FALSE(IsAlive(child));
}

TEST(ObserveTest, AMissingPrometheusIsNamedWithTheRemedy) {
  ::setenv("PATH", "/nonexistent", 1);
  const TinyWorld world;
  auto arguments = world.Arguments();
  arguments.insert(arguments.begin(), "demo");
  arguments.emplace_back("--observe");
  const Finished finished = RunDdnn(arguments);
  EXPECT_EQ(finished.code, 69);
  EXPECT_THAT(finished.output, HasSubstr("apt-get install prometheus"));
}

}  // namespace
}  // namespace ddnn

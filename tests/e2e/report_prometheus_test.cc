// A report from a real Prometheus that has scraped a real demo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/exit_code.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/report_page.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/mosquitto.h"

namespace ddnn {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST(ReportPrometheusTest, PageIsWhatWasScraped) {
  if (std::system("command -v prometheus > /dev/null") != 0) {
    GTEST_SKIP() << "prometheus is not installed";
  }
  const TinyWorld world(1);
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(), {"--samples", "2000", "--rate", "25"});
  RunningDemo demo(arguments);
  ASSERT_TRUE(demo.AwaitAnswers()) << demo.output();
  const TempFolder folder;
  const auto targets = folder / "targets.json";
  ASSERT_EQ(RunDdnn({"targets", "--once", "--broker", demo.broker_url(),
                     "--out", targets.string()})
                .code,
            0);
  std::ofstream(folder / "prometheus.yml")
      << "global: {scrape_interval: 1s}\n"
         "scrape_configs:\n  - job_name: ddnn\n    file_sd_configs: [{files: ["
      << targets.string() << "]}]\n";
  const std::string address = "127.0.0.1:" + std::to_string(FreePort());
  auto prometheus = ChildProcess::Start(
      "prometheus",
      {"/usr/bin/env", "prometheus",
       "--config.file=" + (folder / "prometheus.yml").string(),
       "--storage.tsdb.path=" + (folder / "data").string(),
       "--web.listen-address=" + address},
      folder / "log");
  ASSERT_TRUE(prometheus.ok());
  const auto page = folder / "page.html";
  Finished finished;
  json figures;
  EXPECT_TRUE(Eventually([&] {
    finished = RunDdnn({"report", "--prometheus", "http://" + address,
                        "--range", "1m", "--out", page.string()});
    if (finished.code != 0) return false;
    figures = FiguresOf(Slurp(page));
    return figures["samples"] > 50 && figures["bytes"].contains("mqtt");
  })) << finished.output;
  int sum = 0;
  for (const auto& [outcome, count] : figures["outcomes"].items()) {
    sum += count.get<int>();
  }
  EXPECT_EQ(sum, figures["samples"]);
  EXPECT_GT(figures["bytes"]["mqtt"], figures["bytes"]["payload"]);
  EXPECT_FALSE(figures["latency_ms"]["all"]["p99"].is_null());
  EXPECT_THAT(finished.output, Not(HasSubstr("does not know")));
  const Finished other = RunDdnn({"report", "--prometheus", "http://" + address,
                                  "--group", "nope", "--out", page.string()});
  EXPECT_EQ(other.code, kExitData) << other.output;
  EXPECT_THAT(other.output, HasSubstr("knows no ddnn_samples_total"));
  prometheus->Stop(milliseconds(5000));
}

}  // namespace
}  // namespace ddnn

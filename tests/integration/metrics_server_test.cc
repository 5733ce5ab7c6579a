// The server on a port of its own; the pages' content has unit tests.
#include "core/telemetry/metrics_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "edge_agent/metrics.h"
#include "tests/support/http_get.h"
#include "tests/support/metrics_page.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MetricsServerTest : public testing::Test {
 protected:
  MetricsServerTest() {
    registry_.AddGauge("ddnn_t", "T.").Set(42);
    auto server = MetricsServer::Open({.listen = "127.0.0.1:0"}, registry_);
    EXPECT_TRUE(server.ok()) << server.message();
    server_ = std::move(server).value();
    port_ = PortOf(server_->address());
  }

  MetricsRegistry registry_;
  std::unique_ptr<MetricsServer> server_;
  int port_ = 0;
};

TEST_F(MetricsServerTest, ServesThePageOnTheAddressItTells) {
  EXPECT_EQ(server_->address(), "127.0.0.1:" + std::to_string(port_));
  const HttpAnswer answer = HttpGet(port_, "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(MetricsPage(answer.body).Value("ddnn_t"), 42);
}

TEST_F(MetricsServerTest, NothingElseAnswers) {
  for (const char* path :
       {"/", "/index.html", "/metrics.txt", "/metrics/x", "/etc/passwd",
        "/../../etc/passwd", "/%2e%2e/etc/passwd"}) {
    const HttpAnswer answer = HttpGet(port_, path);
    EXPECT_GE(answer.status, 400) << path;
    EXPECT_LT(answer.status, 500) << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    EXPECT_GE(HttpGet(port_, "/metrics", method).status, 400) << method;
  }
}

TEST_F(MetricsServerTest, ATakenPortIsAnErrorWithRemedy) {
  const MetricsRegistry other;
  const auto second =
      MetricsServer::Open({.listen = server_->address()}, other);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error(), Error::kRefused);
  EXPECT_THAT(second.message(),
              AllOf(HasSubstr("metrics.listen"), HasSubstr(server_->address()),
                    HasSubstr("another program")));
}

TEST_F(MetricsServerTest, AsManySilentClientsAsThreadsAreCutOff) {
  std::vector<std::unique_ptr<LoopbackSocket>> silent;
  for (int i = 0; i < MetricsServer::kThreads; ++i) {
    silent.push_back(std::make_unique<LoopbackSocket>(port_));
    silent.back()->Send("GET /metr");
  }
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(HttpGet(port_, "/metrics").status, 200);
  const auto waited = std::chrono::steady_clock::now() - before;
  EXPECT_LT(waited, 4 * MetricsServer::kRequestTime);
}

TEST_F(MetricsServerTest, ClientsThatNeverReadDoNotStopItsEnd) {
  std::vector<std::unique_ptr<LoopbackSocket>> deaf;
  for (int i = 0; i < 4; ++i) {
    deaf.push_back(std::make_unique<LoopbackSocket>(port_));
    deaf.back()->Send("GET /metrics HTTP/1.1\r\n\r\n");
  }
  const auto before = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before,
            4 * MetricsServer::kRequestTime);
}

TEST_F(MetricsServerTest, ItsEndIsPrompt) {
  EXPECT_EQ(HttpGet(port_, "/metrics").status, 200);
  const auto before = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before,
            4 * MetricsServer::kRequestTime);
}

TEST_F(MetricsServerTest, GarbageAndLongRequestsAreSurvived) {
  for (const std::string& garbage :
       {std::string("\0\xff\r\n\r\n", 6), std::string(100'000, 'a'),
        "GET /" + std::string(50'000, 'b') + " HTTP/1.1\r\n\r\n"}) {
    const LoopbackSocket socket(port_);
    socket.Send(garbage);
    (void)socket.ReadAll();
  }
  EXPECT_EQ(HttpGet(port_, "/metrics").status, 200);
}

/// Of client and server together, and of CPU, since a busy machine may let them
/// wait for as long as it likes.
TEST(ServeMetricsTest, AScrapeOfAnEdgesWholePageTakesLessThanFiveMilliseconds) {
  constexpr int kScrapes = 50;
  EdgeMetrics metrics(MakeTestBundle({.devices = 6, .edges = 1}),
                      /*with_broker=*/true);
  AgentCounters counters;
  for (const CounterFamily& family : EdgeCounters()) {
    for (const auto& row : family.rows) counters[row.counter] = 1'234'567'890;
  }
  metrics.counters.Update(counters);
  const auto server = ServeMetrics({.listen = "127.0.0.1:0"}, &metrics);
  ASSERT_TRUE(server.ok()) << server.message();
  const int port = PortOf(metrics.address);
  const std::clock_t before = std::clock();
  for (int i = 0; i < kScrapes; ++i) {
    EXPECT_GT(HttpGet(port, "/metrics").body.size(), 10'000U);
  }
  const double cpu_ms = 1e3 * static_cast<double>(std::clock() - before) /
                        CLOCKS_PER_SEC / kScrapes;
  EXPECT_LT(cpu_ms, 5);
}

TEST(ServeMetricsTest, TellsTheAgentsAddressAndBudget) {
  AgentMetrics metrics({"edge", "net", 1}, BusCounters({}, {}));
  const auto server =
      ServeMetrics({.listen = "127.0.0.1:0", .byte_budget = 7}, &metrics);
  ASSERT_TRUE(server.ok()) << server.message();
  EXPECT_EQ(metrics.address, server.value()->address());
  const HttpAnswer answer = HttpGet(PortOf(metrics.address), "/metrics");
  EXPECT_EQ(MetricsPage(answer.body).Value("ddnn_byte_budget_bytes_per_second"),
            7);
}

}  // namespace
}  // namespace ddnn

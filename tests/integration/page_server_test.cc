// The live page's server over real sockets of 127.0.0.1.
#include "cli/serve/page_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "tests/support/http_get.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PageServerTest : public ::testing::Test {
 protected:
  PageServerTest() {
    auto server = PageServer::Open({}, &page_);
    EXPECT_TRUE(server.ok());
    server_ = std::move(server).value();
    page_.OnTime(SystemClock().Now());
  }
  ~PageServerTest() override { page_.Close(); }

  int port() const { return PortOf(server_->url()); }
  static std::string Request(const std::string& path,
                             const std::string& host = "127.0.0.1") {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }
  std::string Ask(const std::string& request) const {
    const LoopbackSocket socket(port());
    socket.Send(request);
    return socket.ReadAll();
  }

  LivePage page_{{}};
  std::unique_ptr<PageServer> server_;
};

TEST_F(PageServerTest, ThePageAndItsPartsAreInTheProgram) {
  EXPECT_THAT(HttpGet(port(), "/").body, StartsWith("<!doctype html>"));
  for (const char* path : {"/page.css", "/page.js", "/icon.svg"}) {
    const HttpAnswer answer = HttpGet(port(), path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_GT(answer.body.size(), 300U) << path;
  }
  EXPECT_EQ(HttpGet(port(), "/nothing").status, 404);
  EXPECT_EQ(HttpGet(port(), "/../page.css").status, 404);
}

TEST_F(PageServerTest, ThePageNeedsNothingFromElsewhere) {
  for (const char* path : {"/", "/page.css", "/page.js"}) {
    const std::string body = HttpGet(port(), path).body;
    EXPECT_THAT(body, Not(HasSubstr("https://"))) << path;
    EXPECT_THAT(body, Not(HasSubstr("innerHTML"))) << path;
  }
}

TEST_F(PageServerTest, EveryAnswerForbidsWhatThePageDoesNotNeed) {
  for (const char* path : {"/", "/nothing", "/preview?device=1"}) {
    const std::string answer = Ask(Request(path));
    EXPECT_THAT(answer,
                HasSubstr("Content-Security-Policy: default-src 'none'"))
        << path;
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff")) << path;
  }
}

TEST_F(PageServerTest, RequestsForAnothersNameAreRefused) {
  for (const char* path : {"/", "/events", "/preview"}) {
    EXPECT_THAT(Ask(Request(path, "evil.example")), StartsWith("HTTP/1.1 403"))
        << path;
  }
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 403"));
}

TEST_F(PageServerTest, NothingCanBeSent) {
  EXPECT_EQ(HttpGet(port(), "/", "POST").status, 405);
  EXPECT_EQ(HttpGet(port(), "/events", "DELETE").status, 405);
}

TEST_F(PageServerTest, APortThatIsTakenIsSaidSo) {
  LivePage other({});
  PageServer::Options taken;
  taken.listen.port = static_cast<std::uint16_t>(port());
  const auto second = PageServer::Open(taken, &other);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.failure().error, Error::kRefused);
  EXPECT_THAT(second.message(), HasSubstr("another program has the port"));
}

TEST_F(PageServerTest, EventsCarryTheStateUntilThePageCloses) {
  const LoopbackSocket socket(port());
  socket.Send(Request("/events?group=a/b"));
  const std::string first = socket.ReadUntil("\n\n");
  EXPECT_THAT(first, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(first, HasSubstr("data: {\"broker_connected\":false"));
  page_.OnTime(SystemClock().Now() + std::chrono::seconds(2));
  EXPECT_THAT(socket.ReadUntil("\n\n"), HasSubstr("data: {"));
  page_.Close();
  EXPECT_THAT(socket.ReadAll(), Not(HasSubstr("data: ")));
}

TEST_F(PageServerTest, TooManyStreamsAreTurnedAwayAndThePageStillServes) {
  std::vector<std::unique_ptr<LoopbackSocket>> streams;
  for (int i = 0; i < PageServer::kMaxStreams; ++i) {
    streams.push_back(std::make_unique<LoopbackSocket>(port()));
    streams.back()->Send(Request("/events"));
    EXPECT_THAT(streams.back()->ReadUntil("data: "), HasSubstr("data: "));
  }
  EXPECT_THAT(Ask(Request("/events")), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(HttpGet(port(), "/").status, 200);
}

TEST_F(PageServerTest, ABrowserThatDoesNotReadIsCutOffAndCounted) {
  const LoopbackSocket socket(port());
  socket.Send(Request("/events"));
  Instant now = SystemClock().Now();
  for (int i = 0; i < 20'000 && page_.slow_clients() == 0; ++i) {
    now += std::chrono::seconds(1);
    page_.OnTime(now);  // never waits for the browser
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  EXPECT_EQ(page_.slow_clients(), 1U);
}

TEST_F(PageServerTest, WhoeverSaysNothingIsCutOff) {
  std::vector<std::unique_ptr<LoopbackSocket>> silent;
  for (int i = 0; i < 5; ++i) {
    silent.push_back(std::make_unique<LoopbackSocket>(port()));
  }
  const LoopbackSocket half(port());
  half.Send("GET / HT");
  const auto start = std::chrono::steady_clock::now();
  for (const auto& socket : silent) EXPECT_EQ(socket->ReadAll(), "");
  (void)half.ReadAll();
  // Side by side: one after another they would take six times its time.
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            4 * PageServer::kRequestTime);
}

TEST_F(PageServerTest, ARequestWithoutEndIsCutOff) {
  const LoopbackSocket socket(port());
  socket.Send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  for (int i = 0; i < 1000; ++i) {
    socket.Send("X-" + std::to_string(i) + ": " + std::string(500, 'x') +
                "\r\n");
  }
  EXPECT_THAT(socket.ReadAll(), Not(HasSubstr("200 OK")));
  EXPECT_EQ(HttpGet(port(), "/").status, 200);
}

}  // namespace
}  // namespace ddnn

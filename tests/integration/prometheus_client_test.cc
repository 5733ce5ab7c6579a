// What may answer where a Prometheus is looked for.
#include "cli/report/prometheus_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "cli/command.h"

namespace ddnn {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// Answers every question alike, on a free port of this machine.
class Answerer {
 public:
  Answerer(int status, std::string body) {
    server_.Get(".*", [this, status, body = std::move(body)](
                          const httplib::Request& request,
                          httplib::Response& response) {
      path_ = request.path;
      query_ = request.get_param_value("query");
      response.status = status;
      response.set_content(body, "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
  }
  ~Answerer() { server_.stop(); }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }
  /// Of the last question.
  const std::string& path() const { return path_; }
  const std::string& query() const { return query_; }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::string path_;
  std::string query_;
  std::jthread thread_;
};

constexpr char kOneSeries[] =
    R"({"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"agent":"edge"},"values":[[1000,"1"]]}]}})";

/// The error that a question ends in.
CommandError ErrorOf(const std::string& url) {
  try {
    PrometheusClient(url).QueryRange("up", 0, 1, 1);
  } catch (const CommandError& error) {
    return error;
  }
  ADD_FAILURE() << url << " answered";
  return {kExitOk, ""};
}

TEST(PrometheusClientTest, SeriesAreRead) {
  const Answerer prometheus(200, kOneSeries);
  PrometheusClient client(prometheus.url() + "/behind/proxy/");
  EXPECT_THAT(client.QueryRange("up{agent!=\"\"}", 0, 1, 1), SizeIs(1));
  EXPECT_EQ(prometheus.path(), "/behind/proxy/api/v1/query_range");
  EXPECT_EQ(prometheus.query(), "up{agent!=\"\"}");
}

TEST(PrometheusClientTest, RefusalIsToldInItsWords) {
  const Answerer prometheus(400, R"({"status":"error","error":"parse error"})");
  const CommandError error = ErrorOf(prometheus.url());
  EXPECT_EQ(error.code(), kExitUnavailable);
  EXPECT_THAT(error.what(), HasSubstr("parse error (HTTP 400, query up)"));
}

TEST(PrometheusClientTest, OtherServersAreNoPrometheus) {
  const Answerer other(200, "<html>It works!</html>");
  EXPECT_THAT(ErrorOf(other.url()).what(),
              HasSubstr("no answer of Prometheus: not a JSON object"));
}

TEST(PrometheusClientTest, EndlessAnswersAreCutOff) {
  const Answerer prometheus(200, std::string((64U << 20) + 1, ' '));
  EXPECT_THAT(ErrorOf(prometheus.url()).what(), HasSubstr("answers too much"));
}

TEST(PrometheusClientTest, NobodyThereIsNamed) {
  const CommandError error = ErrorOf("http://127.0.0.1:1");
  EXPECT_EQ(error.code(), kExitUnavailable);
  EXPECT_THAT(error.what(), HasSubstr("http://127.0.0.1:1: cannot be reached"));
}

TEST(PrometheusClientTest, OddUrlsAreTheUsersMistake) {
  for (const char* url : {"", "localhost:9090", "http://", "ftp://host",
                          "http:", "http:///path"}) {
    try {
      PrometheusClient client(url);
      ADD_FAILURE() << url << " was taken";
    } catch (const CommandError& error) {
      EXPECT_EQ(error.code(), kExitUsage) << url;
    }
  }
}

}  // namespace
}  // namespace ddnn

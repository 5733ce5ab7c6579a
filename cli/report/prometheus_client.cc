#include "cli/report/prometheus_client.h"

#include <httplib.h>
#include <spdlog/fmt/fmt.h>

#include <chrono>

#include "cli/command.h"

namespace ddnn {
namespace {

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::chrono::seconds kAnswerTimeout{30};
constexpr std::size_t kMostBytes = std::size_t{64} << 20;

/// Where the path starts in scheme://host:port/path; npos if it is no URL.
std::size_t PathIn(const std::string& url) {
  std::size_t host = std::string::npos;
  for (const std::string scheme : {"http://", "https://"}) {
    if (url.starts_with(scheme)) host = scheme.size();
  }
  if (host == std::string::npos || host == url.size() || url[host] == '/') {
    return std::string::npos;
  }
  return std::min(url.find('/', host), url.size());
}

}  // namespace

struct PrometheusClient::Connection {
  Connection(const std::string& host, std::string before_api)
      : http(host), prefix(std::move(before_api)) {
    http.set_connection_timeout(kConnectTimeout);
    http.set_read_timeout(kAnswerTimeout);
    http.set_keep_alive(true);
  }
  httplib::Client http;
  std::string prefix;
};

PrometheusClient::PrometheusClient(const std::string& url) : url_(url) {
  const std::size_t path = PathIn(url);
  if (path != std::string::npos) {
    std::string prefix = url.substr(path);
    while (prefix.ends_with('/')) prefix.pop_back();
    connection_ = std::make_unique<Connection>(url.substr(0, path), prefix);
  }
  if (!connection_ || !connection_->http.is_valid()) {
    throw CommandError(kExitUsage, fmt::format("--prometheus {}: must be "
                                               "http://HOST:PORT",
                                               url));
  }
}

PrometheusClient::~PrometheusClient() = default;

std::vector<Series> PrometheusClient::QueryRange(const std::string& query,
                                                 double from_s, double to_s,
                                                 double step_s) {
  const auto fail = [this](const std::string& why) {
    return CommandError(kExitUnavailable, url_ + ": " + why);
  };
  const std::string path =
      httplib::append_query_params(connection_->prefix + "/api/v1/query_range",
                                   {{"query", query},
                                    {"start", fmt::format("{:.3f}", from_s)},
                                    {"end", fmt::format("{:.3f}", to_s)},
                                    {"step", fmt::format("{:.3f}", step_s)}});
  std::string body;
  bool too_much = false;
  const auto answer = connection_->http.Get(
      path, [&body, &too_much](const char* data, std::size_t size) {
        too_much = body.size() + size > kMostBytes;
        if (!too_much) body.append(data, size);
        return !too_much;
      });
  if (too_much) throw fail("answers too much; choose a shorter --range");
  if (!answer) {
    throw fail(fmt::format("cannot be reached ({}); is Prometheus there?",
                           httplib::to_string(answer.error())));
  }
  auto series = ParseRangeAnswer(body);
  if (!series) {
    throw fail(fmt::format("{} (HTTP {}, query {})", series.message(),
                           answer->status, query));
  }
  return std::move(series).value();
}

}  // namespace ddnn

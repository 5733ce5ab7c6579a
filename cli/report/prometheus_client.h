#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/report/prometheus_series.h"

namespace ddnn {

/// Asks a Prometheus over its HTTP API. Thread-safety: none.
class PrometheusClient {
 public:
  /// \param url  http://HOST:PORT or https://HOST:PORT, with a path before
  ///     /api if it has one.
  /// \throws CommandError  kExitUsage: it is no such URL.
  explicit PrometheusClient(const std::string& url);
  ~PrometheusClient();

  /// \param query  PromQL.
  /// \param from_s, to_s, step_s  the range, in seconds since 1970, and how far
  ///     apart its instants are.
  /// \return the series, none if Prometheus knows none.
  /// \throws CommandError  kExitUnavailable: it cannot be reached, does not
  ///     answer in time, answers no, or too much, or is no Prometheus.
  std::vector<Series> QueryRange(const std::string& query, double from_s,
                                 double to_s, double step_s);

 private:
  struct Connection;
  const std::string url_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace ddnn

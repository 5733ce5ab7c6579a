#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/running_demo.h"
#include "tests/support/http_get.h"
#include "tests/support/metrics_page.h"

namespace ddnn {

/// A Prometheus on this machine, asked over HTTP.
class LocalPrometheus {
 public:
  explicit LocalPrometheus(int port) : port_(port) {}

  /// The series of an instant query: labels and value. Fails the test if the
  /// expression is wrong.
  nlohmann::json Query(const std::string& expr) const;
  /// Value of an instant query's only series; NaN if there is none.
  double Value(const std::string& expr) const;
  /// Value of one series of Query().
  static double ValueOf(const nlohmann::json& series);

  /// All rules that it runs, and how they are.
  std::vector<nlohmann::json> Rules() const;

  std::string url() const;

 private:
  nlohmann::json Get(const std::string& path) const;

  int port_;
};

/// A `ddnn demo --observe`, and its Prometheus.
class ObservedDemo {
 public:
  explicit ObservedDemo(std::vector<std::string> arguments);

  /// As RunningDemo's. The rest needs it to have been true.
  bool AwaitAnswers();

  RunningDemo& demo() { return demo_; }
  const LocalPrometheus& prometheus() const { return prometheus_; }
  /// What the address that the demo prints for Prometheus answered.
  const HttpAnswer& alerts_page() const { return alerts_page_; }
  /// The pages of all agents, and the demo's own.
  std::vector<MetricsPage> Pages() const;

 private:
  RunningDemo demo_;
  LocalPrometheus prometheus_{0};
  HttpAnswer alerts_page_;
};

}  // namespace ddnn

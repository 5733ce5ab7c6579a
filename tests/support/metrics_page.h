#pragma once

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace ddnn {

/// A /metrics page taken apart: values by series, e.g.
/// `ddnn_samples_total{exit="local",status="ok"}`.
class MetricsPage {
 public:
  explicit MetricsPage(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("# HELP ")) {
        Declare(&help_, line.substr(7));
      } else if (line.starts_with("# TYPE ")) {
        Declare(&type_, line.substr(7));
      } else if (!line.empty()) {
        const std::size_t space = line.rfind(' ');
        const auto [at, fresh] = values_.emplace(
            line.substr(0, space), std::stod(line.substr(space + 1)));
        EXPECT_TRUE(fresh) << "twice: " << line;
      }
    }
  }

  /// Fails the test if there is no such series.
  double Value(const std::string& series) const {
    const auto found = values_.find(series);
    EXPECT_NE(found, values_.end()) << "no " << series;
    return found == values_.end() ? -1 : found->second;
  }
  /// Of all series of a name.
  double Sum(std::string_view name) const {
    double sum = 0;
    for (const auto& [series, value] : values_) {
      if (series.substr(0, series.find('{')) == name) sum += value;
    }
    return sum;
  }
  /// Of those among them whose labels hold this text, e.g. `kind="score"`.
  double Sum(std::string_view name, const std::string& label) const {
    double sum = 0;
    for (const auto& [series, value] : values_) {
      if (series.substr(0, series.find('{')) == name &&
          series.find(label) != std::string::npos) {
        sum += value;
      }
    }
    return sum;
  }
  /// Of all families.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : type_) names.push_back(name);
    return names;
  }
  std::size_t series() const { return values_.size(); }

  /// Prometheus's rules for names, as `promtool check metrics` has them, for
  /// the families that begin with ddnn_.
  void ExpectGoodNames() const {
    for (const auto& [name, type] : type_) {
      if (!name.starts_with("ddnn_")) continue;
      EXPECT_TRUE(help_.contains(name) && !help_.at(name).empty()) << name;
      EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
                std::string::npos)
          << name;
      for (const char* bad :
           {"_milliseconds", "_ms", "_kilobytes", "_count", "_sum", "_bucket",
            "_info_total", "_counter", "_gauge", "_histogram"}) {
        EXPECT_EQ(name.find(bad), std::string::npos) << name;
      }
    }
  }

 private:
  static void Declare(std::map<std::string, std::string>* all,
                      const std::string& rest) {
    const std::size_t space = rest.find(' ');
    const bool fresh =
        all->emplace(rest.substr(0, space), rest.substr(space + 1)).second;
    EXPECT_TRUE(fresh) << "declared twice: " << rest;
  }

  std::map<std::string, std::string> help_;
  std::map<std::string, std::string> type_;
  std::map<std::string, double> values_;
};

}  // namespace ddnn

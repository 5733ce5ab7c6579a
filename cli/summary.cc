#include "cli/summary.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/figure_json.h"
#include "core/nn/view.h"

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;
using Tallies = std::vector<std::pair<std::string, Tally>>;
using ddnn::ToJsonValue;  // else the overloads below would hide it

template <typename T>
Json ToJsonValue(const PerExit<T>& values) {
  Json json = Json::object();
  for (const Tier tier : kTiers) {
    json[std::string(ExitName(tier))] =
        ToJsonValue(values[static_cast<std::size_t>(tier)]);
  }
  return json;
}

Json ToJsonValue(const Tallies& tallies) {
  Json json = Json::object();
  for (const auto& [name, tally] : tallies) {
    json[name] = {{"correct", tally.correct}, {"total", tally.total}};
  }
  return json;
}

/// Buses are too few to weigh a third.
Tallies Balanced(const Tallies& by_class) {
  Tallies classes;
  for (const auto& one : by_class) {
    if (one.first == "car" || one.first == "person") classes.push_back(one);
  }
  return classes.size() == 2 ? classes : by_class;
}

/// Whether they say the same, in whatever order.
bool SameTallies(const Tallies& one, const Tallies& other) {
  const auto counted = [](const Tallies& tallies) {
    std::map<std::string, std::pair<int, int>> counts;
    for (const auto& [name, tally] : tallies) {
      if (tally.total > 0) counts[name] = {tally.correct, tally.total};
    }
    return counts;
  };
  return counted(one) == counted(other);
}

std::string Text(const Figure& figure, int digits) {
  return figure ? fmt::format("{:.{}f}", *figure, digits) : "-";
}

template <typename T>
std::string ExitColumns(const PerExit<T>& figures, int digits) {
  std::string text;
  for (const auto& figure : figures) {
    text += fmt::format("{:>9}", Text(figure, digits));
  }
  return text;
}

std::string TallyLine(std::string_view title, const Tallies& tallies) {
  std::string text = fmt::format("{:<16}", title);
  for (const auto& [name, tally] : tallies) {
    text += fmt::format("  {} {}/{}", name, tally.correct, tally.total);
  }
  return text + '\n';
}

bool AnyUnknown(const PerExit<Figure>& figures) {
  return std::any_of(figures.begin(), figures.end(),
                     [](const Figure& figure) { return !figure; });
}

std::string LatencyLines(const PerExit<Percentiles>& latency_ms) {
  const std::array<std::pair<const char*, Figure Percentiles::*>, 3> rows{
      {{"latency p50 ms", &Percentiles::p50},
       {"        p95 ms", &Percentiles::p95},
       {"        p99 ms", &Percentiles::p99}}};
  std::string text;
  for (const auto& [title, member] : rows) {
    PerExit<Figure> figures;
    for (std::size_t i = 0; i < figures.size(); ++i) {
      figures[i] = latency_ms[i].*member;
    }
    text += fmt::format("{:<16}{}\n", title, ExitColumns(figures, 2));
  }
  return text;
}

}  // namespace

double NearestRank(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(rank) - 1];
}

Percentiles PercentilesOf(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return {NearestRank(values, 0.50), NearestRank(values, 0.95),
          NearestRank(values, 0.99)};
}

Figure BalancedAccuracy(const Tallies& by_class) {
  const Tallies classes = Balanced(by_class);
  if (classes.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& [name, tally] : classes) {
    if (!tally.accuracy()) return std::nullopt;
    sum += *tally.accuracy();
  }
  return sum / static_cast<double>(classes.size());
}

std::string BalancedOver(const Tallies& by_class) {
  const Tallies classes = Balanced(by_class);
  if (classes.size() == by_class.size()) return {};
  std::string names;
  for (const auto& [name, tally] : classes) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return " (" + names + ")";
}

std::string ToJson(const Summary& summary) {
  Json accuracy = ToJsonValue(summary.accuracy);
  accuracy["overall"] = ToJsonValue(summary.overall);
  accuracy["balanced"] = ToJsonValue(summary.balanced);
  Json exit_share = ToJsonValue(summary.exit_share);
  exit_share["fallback"] = ToJsonValue(summary.fallback_share);

  const Json json{
      {"samples", summary.samples},
      {"results", summary.results},
      {"lost", summary.lost},
      {"duplicates", summary.duplicates},
      {"blind", summary.blind},
      {"accuracy", accuracy},
      {"by_class", ToJsonValue(summary.by_class)},
      {"by_source", ToJsonValue(summary.by_source)},
      {"exit_share", exit_share},
      {"formula_bytes", ToJsonValue(summary.formula_bytes)},
      {"content_bytes", ToJsonValue(summary.content_bytes)},
      {"payload_bytes", ToJsonValue(summary.payload_bytes)},
      {"mqtt_bytes", ToJsonValue(summary.mqtt_bytes)},
      {"interface_bytes", ToJsonValue(summary.interface_bytes)},
      {"cloud_interface_bytes", ToJsonValue(summary.cloud_interface_bytes)},
      {"latency_ms", ToJsonValue(summary.latency_ms)}};
  // Names come from the data set's files: replace what is not UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string ToTable(const Summary& summary, Figure jpeg_bytes) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out,
                 "samples {}   results {}   lost {}   duplicates {}   "
                 "blind {}\n\n",
                 summary.samples, summary.results, summary.lost,
                 summary.duplicates, summary.blind);
  fmt::format_to(out, "{:<16}{:>9}{:>9}{:>9}\n", "exit", "local", "edge",
                 "cloud");
  fmt::format_to(out, "{:<16}{}   overall {}   balanced{} {}\n", "accuracy",
                 ExitColumns(summary.accuracy, 4), Text(summary.overall, 4),
                 BalancedOver(summary.by_class), Text(summary.balanced, 4));
  fmt::format_to(out, "{:<16}{}   fallback {}\n", "share of results",
                 ExitColumns(summary.exit_share, 4),
                 Text(summary.fallback_share, 4));
  const bool timed = std::any_of(
      summary.latency_ms.begin(), summary.latency_ms.end(),
      [](const Percentiles& latency) { return latency.p50.has_value(); });
  if (timed) text += LatencyLines(summary.latency_ms);
  text += TallyLine("right by class", summary.by_class);
  if (!summary.by_source.empty() &&
      !SameTallies(summary.by_source, summary.by_class)) {
    text += TallyLine("right by source", summary.by_source);
  }
  if (AnyUnknown(summary.accuracy)) {
    text +=
        "(accuracy of an exit: had all left there; -: not all got as far)\n";
  }
  fmt::format_to(out,
                 "\nbytes per device-sample   formula {}   content {}   "
                 "payload {}   mqtt {}   (raw {}, JPEG {})\n",
                 Text(summary.formula_bytes, 1), Text(summary.content_bytes, 1),
                 Text(summary.payload_bytes, 1), Text(summary.mqtt_bytes, 1),
                 kViewBytes, Text(jpeg_bytes, 1));
  if (summary.interface_bytes) {
    fmt::format_to(out,
                   "on the links, all headers, both ways   devices - edge {}   "
                   "edge - cloud {}\n",
                   Text(summary.interface_bytes, 1),
                   Text(summary.cloud_interface_bytes, 1));
  }
  return text;
}

}  // namespace ddnn

#include "cli/report/page.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "cli/report/charts.h"
#include "cli/report/page_style.h"
#include "cli/report/scale.h"
#include "cli/report/svg.h"

namespace ddnn {
namespace {

std::string Utc(double since_1970) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(static_cast<std::time_t>(since_1970)));
}

Figure Share(const RunFigures& run, Outcome outcome) {
  if (run.samples() == 0) return std::nullopt;
  return static_cast<double>(At(run.outcomes, outcome)) /
         static_cast<double>(run.samples());
}

std::string Tile(std::string_view title, const std::string& value,
                 const std::string& more) {
  return fmt::format(
      "<div class=\"tile\"><h2>{}</h2><b>{}</b><small>{}</small></div>\n",
      Escaped(title), Escaped(value), Escaped(more));
}

std::string Legend(
    const std::vector<std::pair<std::string, std::string>>& items) {
  std::string html = "<ul class=\"legend\">";
  for (const auto& [css, words] : items) {
    html += fmt::format("<li class=\"{}\"><i></i>{}</li>", css, Escaped(words));
  }
  return html + "</ul>\n";
}

std::string OutcomeLegend(const RunFigures& run) {
  std::vector<std::pair<std::string, std::string>> items;
  for (const Outcome outcome : kOutcomes) {
    if (At(run.outcomes, outcome) == 0) continue;
    items.emplace_back(fmt::format("o-{}", Name(outcome)), Name(outcome));
  }
  return Legend(items);
}

/// \param content  HTML; without any there is no card: the notes say why.
std::string Card(std::string_view title, std::string_view words,
                 const std::string& content) {
  if (content.empty()) return {};
  return fmt::format(
      "<figure class=\"card\"><figcaption><h2>{}</h2><p>{}</p></figcaption>\n"
      "{}</figure>\n",
      Escaped(title), Escaped(words), content);
}

std::string Header(const RunFigures& run) {
  std::string what = Utc(run.start_s) + " · " + Duration(run.seconds);
  if (!run.input.empty()) what += " · " + run.input;
  if (!run.network.empty()) what += " · network " + run.network;
  if (!run.hierarchy.empty()) what += " · hierarchy " + run.hierarchy;
  if (run.devices) what += fmt::format(" · {} devices", *run.devices);
  return fmt::format(
      "<header><h1>{}</h1>\n<p class=\"sub\">{}</p>\n"
      "<p class=\"sub\">from {}</p></header>\n",
      Escaped(run.title), Escaped(what), Escaped(run.source));
}

std::string BytesTile(const RunFigures& run) {
  const Figure mqtt = run.BytesOf("mqtt");
  const Figure sent = mqtt ? mqtt : run.BytesOf("content");
  const Figure raw = run.BytesOf("raw");
  if (!sent || !raw) return Tile("Bytes/device-sample", "–", "not known");
  return Tile(
      "Bytes/device-sample", ShortBytes(*sent),
      fmt::format("{}{}", mqtt ? "whole MQTT packets" : "content alone",
                  *sent > 0 ? fmt::format("; {:.3g}× less than raw pixels",
                                          *raw / *sent)
                            : std::string()));
}

std::string AvailabilityTile(const RunFigures& run) {
  double sum = 0;
  int told = 0;
  int devices = 0;
  for (const auto& agent : run.agents) {
    if (agent.tier != "device") continue;
    ++devices;
    const Figure available = agent.Available();
    if (!available) continue;
    sum += *available;
    ++told;
  }
  if (told == 0) return Tile("Cameras there", "–", "not known");
  return Tile("Cameras there", Percent(sum / told),
              fmt::format("of the time heard of, over {} devices", devices));
}

/// "235 of 236 labelled samples right; balanced (car, person) 98.2 %".
std::string Truth(const RunFigures& run) {
  if (run.right.total == 0) return "the truth is not known";
  const bool all = run.right.total == run.samples();
  return fmt::format("{} of {}{} right; balanced{} {}",
                     WholeCount(run.right.correct), WholeCount(run.right.total),
                     all ? "" : " labelled samples", BalancedOver(run.by_class),
                     Percent(BalancedAccuracy(run.by_class)));
}

std::string Tiles(const RunFigures& run) {
  const std::int64_t lost = At(run.outcomes, Outcome::kLost);
  std::string answered =
      fmt::format("of {} samples", WholeCount(run.samples()));
  if (lost > 0) answered += fmt::format("; {} lost", WholeCount(lost));
  if (run.degraded > 0) {
    answered +=
        fmt::format("; {} with views missing", WholeCount(run.degraded));
  }
  const Percentiles& latency = run.all_latency_ms;
  return "<section class=\"tiles\">\n" +
         Tile("Answered", WholeCount(run.results()), answered) +
         Tile("Accuracy", Percent(run.right.accuracy()), Truth(run)) +
         Tile("Left at the local exit", Percent(Share(run, Outcome::kLocal)),
              fmt::format("edge {}, cloud {}, fallback {}",
                          Percent(Share(run, Outcome::kEdge)),
                          Percent(Share(run, Outcome::kCloud)),
                          Percent(Share(run, Outcome::kFallback)))) +
         BytesTile(run) +
         Tile("Latency, p50", ShortMs(latency.p50),
              fmt::format("p95 {}, p99 {}", ShortMs(latency.p95),
                          ShortMs(latency.p99))) +
         AvailabilityTile(run) + "</section>\n";
}

std::string ExitTable(const RunFigures& run) {
  std::string rows;
  for (const Outcome outcome : kOutcomes) {
    const std::int64_t count = At(run.outcomes, outcome);
    const bool exit = outcome < Outcome::kFallback;
    if (count == 0 && !exit) continue;
    const Percentiles& latency = At(run.latency_ms, outcome);
    std::string threshold = "–";
    if (exit) {
      const Figure& t = run.thresholds[static_cast<std::size_t>(outcome)];
      if (t) threshold = fmt::format("{:.3f}", *t);
    }
    rows += fmt::format(
        "<tr><td class=\"o-{0}\"><i></i>{0}</td><td>{1}</td><td>{2}</td>"
        "<td>{3}</td><td>{4}</td><td>{5}</td><td>{6}</td></tr>\n",
        Name(outcome), WholeCount(count), Percent(Share(run, outcome)),
        threshold, ShortMs(latency.p50), ShortMs(latency.p95),
        ShortMs(latency.p99));
  }
  std::string losses;
  for (const auto& [reason, count] : run.losses) {
    losses += fmt::format("{}{} {}", losses.empty() ? "Lost: " : ", ",
                          WholeCount(count), reason);
  }
  return fmt::format(
      "<div class=\"scroll\"><table><tr><th>exit</th><th>samples</th>"
      "<th>share</th><th>T</th><th>p50</th><th>p95</th><th>p99</th></tr>\n{}"
      "<tr><td>all</td><td>{}</td><td>{}</td><td></td><td>{}</td><td>{}</td>"
      "<td>{}</td></tr></table></div>\n{}",
      rows, WholeCount(run.samples()), run.samples() > 0 ? "100 %" : "–",
      ShortMs(run.all_latency_ms.p50), ShortMs(run.all_latency_ms.p95),
      ShortMs(run.all_latency_ms.p99),
      losses.empty()
          ? losses
          : fmt::format("<p class=\"unknown\">{}</p>\n", Escaped(losses)));
}

std::string DeviceTable(const RunFigures& run) {
  const auto count = [](const std::optional<std::int64_t>& value) {
    return value ? WholeCount(*value) : std::string("–");
  };
  const auto bytes = [](const Figure& value) {
    return value ? ShortBytes(*value) : std::string("–");
  };
  std::string rows;
  for (const auto& agent : run.agents) {
    if (agent.tier != "device") continue;
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "<td>{}</td></tr>\n",
        Escaped(agent.name), Escaped(agent.camera.empty() ? "–" : agent.camera),
        Percent(agent.Available()), count(agent.seen), count(agent.missing),
        bytes(agent.payload_bytes), bytes(agent.mqtt_bytes));
  }
  if (rows.empty()) return {};
  return "<div class=\"scroll\"><table><tr><th>device</th><th>camera</th>"
         "<th>there</th><th>saw</th><th>missing</th>"
         "<th>payload</th><th>MQTT</th></tr>\n" +
         rows + "</table></div>\n";
}

std::string WithLegend(const std::string& chart, const std::string& legend) {
  return chart.empty() ? chart : legend + chart;
}

std::string Cards(const RunFigures& run) {
  const std::string words = fmt::format(
      "Samples that ended in each {:.3g} s, by where their class came from.",
      run.interval_s);
  return "<main class=\"grid\">\n" +
         Card("Exits over time", words,
              WithLegend(ExitsChart(run), OutcomeLegend(run))) +
         Card("Accuracy over time",
              "Share of right answers; a lost sample is a wrong one.",
              AccuracyChart(run)) +
         Card(
             "Bytes per device-sample",
             "Sent by devices, divided by devices × samples, beside other ways "
             "of working.",
             WithLegend(BytesChart(run), Legend({{"b-base", "other ways"},
                                                 {"b-ours", "this run"}}))) +
         Card("Latency", "From a tick's instant to the result.",
              WithLegend(LatencyChart(run), OutcomeLegend(run))) +
         Card("Confusion", "Rows: what samples were. Columns: the answer.",
              ConfusionChart(run)) +
         Card("Exits", "Where samples left, and how long they took.",
              ExitTable(run)) +
         Card(
             "Availability",
             "When each agent was there, and the share of the time that it was "
             "heard of.",
             WithLegend(AvailabilityChart(run),
                        Legend({{"p-there", "there"},
                                {"p-camera", "camera down"},
                                {"p-gone", "gone"},
                                {"p-unknown", "not heard of"}}))) +
         Card("Devices",
              "Samples that each saw, or did not answer for, and what it sent.",
              DeviceTable(run)) +
         "</main>\n";
}

std::string Notes(const RunFigures& run) {
  if (run.notes.empty()) return {};
  std::string items;
  for (const auto& note : run.notes)
    items += "<li>" + Escaped(note) + "</li>\n";
  return "<section class=\"notes\"><h2>To know</h2><ul>\n" + items +
         "</ul></section>\n";
}

/// JSON that cannot end the element it stands in.
std::string Embedded(const RunFigures& run) {
  std::string safe;
  for (const char c : ToJson(run)) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return "<script type=\"application/json\" id=\"figures\">" + safe +
         "</script>\n";
}

}  // namespace

std::string ReportPage(const RunFigures& run, double made_s) {
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
             "charset=\"utf-8\">\n<meta name=\"viewport\" "
             "content=\"width=device-width, initial-scale=1\">\n"
             "<title>{} – DDNN report</title>\n<style>{}</style>\n</head>\n"
             "<body>\n",
             Escaped(run.title), kPageStyle) +
         Header(run) + Tiles(run) + Cards(run) + Notes(run) +
         fmt::format(
             "<footer>Made by ddnn {} at {}. A device-sample is one camera at "
             "one sample. {}</footer>\n",
             DDNN_VERSION, Utc(made_s), Escaped(run.percentiles)) +
         Embedded(run) + "</body>\n</html>\n";
}

}  // namespace ddnn

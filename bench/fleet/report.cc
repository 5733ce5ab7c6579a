#include "bench/fleet/report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ddnn {
namespace {

using Json = nlohmann::ordered_json;

const ExitFigures& FiguresOf(const FleetReport& report, Tier exit) {
  return report.figures.exits[static_cast<std::size_t>(exit)];
}

bool HasAnswers(const FleetReport& report, Tier exit) {
  return FiguresOf(report, exit).decided.all.count > 0;
}

std::string LatencyRow(std::string_view exit, std::string_view until,
                       const Latency& latency) {
  const Quantiles& all = latency.all;
  return fmt::format(
      "{:<8}{:<8}{:>8}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>13.2f}\n", exit, until,
      all.count, all.p50, all.p90, all.p99, all.max, latency.worst_group_p99);
}

std::string LatencyTable(const FleetReport& report) {
  std::string text = fmt::format("{:<8}{:<8}{:>8}{:>9}{:>9}{:>9}{:>9}{:>13}\n",
                                 "exit", "until", "results", "p50 ms", "p90 ms",
                                 "p99 ms", "max ms", "worst p99 ms");
  for (const Tier exit : kTiers) {
    if (!HasAnswers(report, exit)) continue;
    const ExitFigures& figures = FiguresOf(report, exit);
    text += LatencyRow(ExitName(exit), "decided", figures.decided);
    text += LatencyRow(ExitName(exit), "heard", figures.heard);
  }
  return text;
}

std::string LoadTable(const FleetReport& report) {
  std::string text =
      fmt::format("{:<8}{:>10}{:>9}{:>12}{:>10}{:>13}\n", "", "processes",
                  "CPU %", "largest %", "RSS MiB", "largest MiB");
  for (const auto& [title, load] : report.loads) {
    text += fmt::format("{:<8}{:>10}{:>9.1f}{:>12.1f}{:>10.1f}{:>13.1f}\n",
                        title, load.processes, load.cpu_percent,
                        load.cpu_percent_max, load.rss_mib, load.rss_mib_max);
  }
  return text;
}

std::string PhaseLine(const FleetReport& report) {
  std::vector<int> phases(report.phases_ms.begin(), report.phases_ms.end());
  std::ranges::sort(phases);
  return fmt::format("the groups' ticks come at {} of {:.0f} ms\n",
                     fmt::join(phases, " "), 1000 / report.options.ticks_per_s);
}

std::string DropLine(const FleetReport& report) {
  std::string text = "drops";
  for (const auto& [name, count] : report.drops) {
    text += fmt::format("  {} {}", name, count);
  }
  return text + (report.drops.empty() ? "  none\n" : "\n");
}

Json ToJsonValue(const Latency& latency) {
  const Quantiles& all = latency.all;
  return {{"p50", all.p50},
          {"p90", all.p90},
          {"p99", all.p99},
          {"max", all.max},
          {"worst_group_p99", latency.worst_group_p99}};
}

Json LatenciesOf(const FleetReport& report) {
  Json json = Json::object();
  for (const Tier exit : kTiers) {
    if (!HasAnswers(report, exit)) continue;
    const ExitFigures& figures = FiguresOf(report, exit);
    json[std::string(ExitName(exit))] = {
        {"results", figures.decided.all.count},
        {"decided", ToJsonValue(figures.decided)},
        {"heard", ToJsonValue(figures.heard)}};
  }
  return json;
}

Json LoadsOf(const FleetReport& report) {
  Json json = Json::object();
  for (const auto& [title, load] : report.loads) {
    json[title] = {{"processes", load.processes},
                   {"cpu_percent", load.cpu_percent},
                   {"cpu_percent_max", load.cpu_percent_max},
                   {"rss_mib", load.rss_mib},
                   {"rss_mib_max", load.rss_mib_max}};
  }
  return json;
}

}  // namespace

std::string ToTable(const FleetReport& report) {
  const FleetOptions& options = report.options;
  const FleetFigures& figures = report.figures;
  return fmt::format(
             "{} groups of {} devices, {} ticks/s each, batch {} ms, {} cloud "
             "agents; {} s after {} s of warm-up; load average {:.1f} {:.1f} "
             "{:.1f}\n",
             options.groups, report.devices, options.ticks_per_s,
             options.batch_ms, options.cloud_agents, options.seconds,
             options.warm_up_s, report.load_average[0], report.load_average[1],
             report.load_average[2]) +
         PhaseLine(report) + '\n' +
         fmt::format(
             "samples {}  answered {}  missing {}  lost {}  duplicates {}  "
             "unexpected {}  degraded {}  fallbacks {}\n",
             figures.samples, figures.answered, figures.missing, figures.lost,
             figures.duplicates, figures.unexpected, figures.degraded,
             figures.fallbacks) +
         DropLine(report) + '\n' + LatencyTable(report) + '\n' +
         LoadTable(report);
}

std::string ToJson(const FleetReport& report) {
  const FleetOptions& options = report.options;
  const FleetFigures& figures = report.figures;
  const Json json{{"groups", options.groups},
                  {"devices_per_group", report.devices},
                  {"ticks_per_s", options.ticks_per_s},
                  {"batch_ms", options.batch_ms},
                  {"cloud_agents", options.cloud_agents},
                  {"seconds", options.seconds},
                  {"warm_up_s", options.warm_up_s},
                  {"phases_ms", report.phases_ms},
                  {"load_average", report.load_average},
                  {"clean", report.clean()},
                  {"samples", figures.samples},
                  {"answered", figures.answered},
                  {"missing", figures.missing},
                  {"lost", figures.lost},
                  {"duplicates", figures.duplicates},
                  {"unexpected", figures.unexpected},
                  {"degraded", figures.degraded},
                  {"fallbacks", figures.fallbacks},
                  {"drops", report.drops},
                  {"latency_ms", LatenciesOf(report)},
                  {"processes", LoadsOf(report)}};
  return json.dump(2) + '\n';
}

}  // namespace ddnn

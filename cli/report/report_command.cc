#include "cli/report/report_command.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <map>
#include <system_error>

#include "cli/command.h"
#include "cli/output_files.h"
#include "cli/printable.h"
#include "cli/recording_reader.h"
#include "cli/report/page.h"
#include "cli/report/prometheus_client.h"
#include "cli/report/prometheus_run.h"
#include "cli/report/recorded_run.h"
#include "cli/report/scale.h"
#include "core/base/clock.h"

namespace ddnn {
namespace {

/// Instants of a range at most.
constexpr double kMostInstants = 600;

/// "30s", "10m", "2h", "1d" in seconds.
double SecondsOf(const std::string& range) {
  const std::map<char, double> units{
      {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  int count = 0;
  const char* const end = range.data() + range.size();
  const auto read = std::from_chars(range.data(), end, count);
  const auto unit = read.ptr + 1 == end ? units.find(*read.ptr) : units.end();
  if (read.ec != std::errc() || count < 1 || unit == units.end()) {
    throw CommandError(kExitUsage, fmt::format("--range {}: must be a number "
                                               "and s, m, h or d, e.g. 10m",
                                               range));
  }
  return count * unit->second;
}

double Now() {
  return std::chrono::duration<double>(SystemClock().Now().time_since_epoch())
      .count();
}

RunFigures ScrapeRun(const ReportOptions& options) {
  const double seconds = SecondsOf(options.range);
  ScrapedRange range;
  range.to_s = Now();
  range.from_s = range.to_s - seconds;
  range.step_s = std::max(1.0, seconds / kMostInstants);
  PrometheusClient prometheus(options.prometheus);
  for (const ReportMetric& metric : ReportMetrics()) {
    range.metrics[metric.name] = prometheus.QueryRange(
        metric.query, range.from_s, range.to_s, range.step_s);
  }
  auto run = FiguresOf(range, options.site, options.group);
  if (!run) {
    throw CommandError(kExitData, options.prometheus + ": " + run.message());
  }
  run->source = fmt::format("Prometheus at {}, the last {}", options.prometheus,
                            options.range);
  return std::move(run).value();
}

RunFigures ReadRun(const ReportOptions& options) {
  const std::string name = options.recording.string();
  std::error_code error;
  std::ifstream in(options.recording, std::ios::binary);
  if (!in || std::filesystem::is_directory(options.recording, error)) {
    throw CommandError(kExitUnavailable, name + ": cannot be read");
  }
  RecordingReader reader;
  RecordedRun run(options.site, options.group);
  std::string line;
  std::uint64_t lines = 0;
  while (ReadRecordedLine(in, &line)) {
    ++lines;
    if (line.empty()) continue;
    const auto event = reader.Read(line);
    if (!event) {
      run.AddMalformed(fmt::format("line {}: {}", lines, event.message()));
      continue;
    }
    if (const auto added = run.Add(*event); !added) {
      throw CommandError(kExitData, name + ": " + added.message());
    }
  }
  if (lines == 0) throw CommandError(kExitData, name + ": is empty");
  RunFigures figures = run.Finish(options.recording.filename().string());
  if (run.samples() == 0) {
    std::string message = fmt::format(
        "{}: no result and no loss in {} lines; record with `ddnn demo "
        "--record` or `ddnn watch --json`",
        name, lines);
    if (!options.site.empty() || !options.group.empty()) {
      message += ", and look at --site and --group";
    }
    if (run.malformed() > 0) message += "; " + figures.notes.front();
    throw CommandError(kExitData, message);
  }
  return figures;
}

}  // namespace

int RunReport(const ReportOptions& options) {
  if (options.recording.empty() == options.prometheus.empty()) {
    throw CommandError(kExitUsage, "name a recording, or --prometheus URL");
  }
  RequireFolderOf(options.out);
  const RunFigures run =
      options.prometheus.empty() ? ReadRun(options) : ScrapeRun(options);
  WriteOutput(options.out, ReportPage(run, Now()));
  for (const auto& note : run.notes) {
    std::cerr << "ddnn report: " << note << '\n';
  }
  std::cout << fmt::format("{}: {} samples of {}, {}\n", options.out.string(),
                           run.samples(), Printable(run.title),
                           Duration(run.seconds));
  return kExitOk;
}

}  // namespace ddnn

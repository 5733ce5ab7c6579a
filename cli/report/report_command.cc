#include "cli/report/report_command.h"

#include <spdlog/fmt/fmt.h>

#include <fstream>
#include <iostream>
#include <system_error>

#include "cli/command.h"
#include "cli/output_files.h"
#include "cli/recording_reader.h"
#include "cli/report/page.h"
#include "cli/report/recorded_run.h"
#include "cli/report/scale.h"
#include "core/base/clock.h"

namespace ddnn {
namespace {

/// Reads one line of at most the reader's limit; of a longer one the rest is
/// skipped, and what is returned is too long for the reader.
bool ReadLine(std::istream& in, std::string* line) {
  line->clear();
  std::streambuf& bytes = *in.rdbuf();
  for (int c = bytes.sbumpc(); c != std::char_traits<char>::eof();
       c = bytes.sbumpc()) {
    if (c == '\n') return true;
    if (line->size() <= RecordingReader::kLineLimitBytes) {
      line->push_back(static_cast<char>(c));
    }
  }
  return !line->empty();
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
  while (ReadLine(in, &line)) {
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
  RequireFolderOf(options.out);
  const RunFigures run = ReadRun(options);
  const std::chrono::duration<double> now =
      SystemClock().Now().time_since_epoch();
  WriteOutput(options.out, ReportPage(run, now.count()));
  for (const auto& note : run.notes) {
    std::cerr << "ddnn report: " << note << '\n';
  }
  std::cout << fmt::format("{}: {} samples of {}, {}\n", options.out.string(),
                           run.samples(), run.title, Duration(run.seconds));
  return kExitOk;
}

}  // namespace ddnn

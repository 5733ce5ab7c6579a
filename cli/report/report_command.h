#pragma once

#include <filesystem>
#include <string>

namespace ddnn {

struct ReportOptions {
  std::filesystem::path recording;  ///< a recorded stream, or
  std::string prometheus;           ///< http://HOST:PORT[/PREFIX]
  std::string range = "10m";        ///< of Prometheus, up to now
  std::string site;                 ///< empty = the only one
  std::string group;
  std::filesystem::path out = "report.html";
};

/// `ddnn report`: one page of pictures and figures of a run, from a recorded
/// stream or from a Prometheus that scrapes the agents.
/// \return kExitOk.
/// \throws CommandError  kExitUsage: options; kExitData: nothing to report in
///     the file, or several groups and none chosen; kExitUnavailable: the file
///     cannot be read, the page not be written, or Prometheus does not answer.
int RunReport(const ReportOptions& options);

}  // namespace ddnn

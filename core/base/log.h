#pragma once

#include <string>

namespace ddnn {

/// How a process logs; call sites use spdlog directly (`spdlog::info(...)`)
/// and write `event key=value ...`, so that a log line can be searched.
struct LogOptions {
  std::string level = "info";   ///< debug, info, warning, error
  std::string format = "text";  ///< text, or json: one object a line
  std::string name;             ///< the agent's id, in every line
};

/// Sets up logging to standard error: once, at the start of main().
/// Under systemd (JOURNAL_STREAM is set) lines start with `<N>`, the priority.
void InitLog(const LogOptions& options);

}  // namespace ddnn

#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/base/retry.h"
#include "core/nn/bundle.h"
#include "edge_agent/retained_run.h"

namespace ddnn {

/// Keeps in a file how far a group's run is, so that a lead can go on with it
/// after a crash even where the broker has forgotten what was retained.
///
/// A thread of its own writes, at most once in kPeriod: on a memory card a
/// write that is sure to last can take a second. What could not be written
/// costs a line in the log now and then. Thread-safety: Keep() from one thread.
class RunFile {
 public:
  static constexpr std::chrono::seconds kPeriod{1};

  /// \param path  `<state_dir>/<agent>.run.json`.
  RunFile(std::filesystem::path path, const Bundle& bundle);
  /// Writes what was kept last.
  ~RunFile();
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;

  /// \return what a former process kept of this network; nothing if there is
  ///     no file, or none that makes sense, which is logged.
  std::optional<RetainedRun::Run> Read() const;

  /// Never waits.
  void Keep(const RetainedRun::Run& run);

 private:
  void Work(const std::stop_token& stop);
  void Write(const RetainedRun::Run& run);

  const std::filesystem::path path_;
  const GroupConfig config_;  // but for the schedule
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<RetainedRun::Run> next_;  // to be written
  LogLimiter failures_;                   // of whoever writes
  std::jthread thread_;                   // last, so that it ends first
};

}  // namespace ddnn

#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace ddnn {

/// A program that this one started and that never outlives it.
///
/// The child gets SIGTERM when the thread that started it ends, however that
/// happens, so start children from main()'s thread. It runs in a process group
/// of its own: Ctrl-C reaches the parent alone, which then stops its children
/// in order.
/// Thread-safety: none.
class ChildProcess {
 public:
  /// \param name     what people call it, e.g. "device3".
  /// \param command  program (a path) and its arguments.
  /// \param log      file that gets standard output and error; appended to.
  /// \return kUnreadable with the reason if it cannot be started.
  static Result<ChildProcess> Start(std::string name,
                                    const std::vector<std::string>& command,
                                    std::filesystem::path log);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// SIGKILLs what still runs, and reaps it.
  ~ChildProcess();

  const std::string& name() const { return name_; }
  pid_t pid() const { return pid_; }
  const std::filesystem::path& log() const { return log_; }

  /// Looks without waiting.
  bool Running();
  /// The exit code; nothing while it runs or if a signal ended it.
  std::optional<int> exit_code() const;
  /// "exit code 78", "signal 9 (Killed)"; "running" while it does.
  std::string HowItEnded() const;

  /// Sends a signal; nothing happens if the child has ended.
  void Signal(int number);
  /// Waits until it has ended.
  /// \return false if it still runs after `limit`.
  bool WaitFor(milliseconds limit);
  /// SIGTERM, then SIGKILL if it still runs after `grace`.
  void Stop(milliseconds grace);

  /// The end of its log; empty if there is none.
  std::string LastLines(int lines) const;

 private:
  ChildProcess(std::string name, pid_t pid, std::filesystem::path log);

  std::string name_;
  std::filesystem::path log_;
  pid_t pid_;  // -1 once moved from
  std::optional<int> wait_status_;
};

/// ChildProcess::Start() with the log NAME.log in `folder`.
/// \throws CommandError  kExitUnavailable: it cannot be started.
ChildProcess StartIn(const std::filesystem::path& folder,
                     const std::string& name,
                     const std::vector<std::string>& command);

/// SIGTERM to all at once, then SIGKILL to those that still run after `grace`.
void StopTogether(const std::vector<ChildProcess*>& processes,
                  milliseconds grace = milliseconds(5000));

}  // namespace ddnn

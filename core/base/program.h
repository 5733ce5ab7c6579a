#pragma once

#include <functional>
#include <string>

#include "core/base/config.h"
#include "core/base/log.h"

namespace ddnn {

/// What an agent's main() is made of.
struct Program {
  std::string name;     ///< "edge_agent"
  std::string purpose;  ///< one line for --help
  ConfigTable* table = nullptr;
  /// Checks what no single key can tell, also for --check-config. Throws
  /// ConfigError.
  std::function<void()> check;
  /// Runs after the configuration was read; returns the exit code. May throw
  /// ConfigError.
  std::function<int()> run;
};

/// Declares the keys `log.level` and `log.format`.
void AddLogKeys(ConfigTable* table, LogOptions* options);

/// The command line that all agents share: --config FILE, --check-config,
/// --version, --help (which lists the keys). Loads the table, runs, and turns
/// errors into one line on standard error and an exit code of exit_code.h.
/// \return the process's exit code.
int RunProgram(const Program& program, int argc, char** argv);

/// SIGINT and SIGTERM as something to wait for.
///
/// Construct it first in main(): signals are blocked in this thread and in
/// those started later, so that no handler ever interrupts work. A library's
/// thread that was there before main() (OpenBLAS starts some) would take the
/// signal and end the process; there a handler passes it on.
/// One at a time. Thread-safety: Notify() from any thread, the rest from one.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Waits for a signal or for Notify().
  void Wait();
  /// Ends Wait() from within: an agent that gives up by itself.
  void Notify();

 private:
  int signal_fd_;
  int event_fd_;
};

}  // namespace ddnn

#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/child_process.h"

namespace ddnn {

/// A built program, e.g. "ddnn", as the tests run it.
std::filesystem::path BuiltProgram(const std::string& name);

/// The project's folder, with models/ and broker/.
std::filesystem::path SourceFolder();

/// Runs a program to its end; fails the test if it takes over a minute.
struct Finished {
  int code = -1;       ///< -1: a signal ended it, or it had to be killed
  std::string output;  ///< both streams
};
Finished RunProgramToEnd(const std::vector<std::string>& command);
/// `ddnn` with arguments.
Finished RunDdnn(std::vector<std::string> arguments);

/// Polls until `condition` holds.
/// \return false if it does not within `limit`.
bool Eventually(const std::function<bool()>& condition,
                milliseconds limit = milliseconds(30000));

/// Content of a file; empty if there is none.
std::string Slurp(const std::filesystem::path& file);

/// Processes that a process has started.
std::vector<pid_t> ChildrenOf(pid_t parent);
/// Program and arguments of a process, separated by spaces.
std::string CommandOf(pid_t pid);
/// Whether a process is there and has not ended.
bool IsAlive(pid_t pid);

}  // namespace ddnn

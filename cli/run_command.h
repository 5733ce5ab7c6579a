#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace ddnn {

/// What the main() of a program for people is made of (an agent's:
/// core/base/program.h).
struct CommandProgram {
  std::string name;     ///< "soak"
  std::string purpose;  ///< one line for --help
  /// Adds what there is besides --help and --version.
  std::function<void(CLI::App*)> add_options;
  /// Runs after the command line was read; returns the exit code.
  std::function<int()> run;
};

/// Reads the command line, runs, and turns errors into lines on standard error
/// and an exit code of exit_code.h.
/// \return the process's exit code.
int RunCommandProgram(const CommandProgram& program, int argc, char** argv);

/// Runs a command of a program; what it throws becomes a line on standard
/// error and an exit code.
/// \param name  what that line begins with, "ddnn demo".
/// \return the exit code.
int RunCommand(const std::string& name, const std::function<int()>& run);

}  // namespace ddnn

#include "trainer/experiment/figure.h"

#include <fcntl.h>
#include <spawn.h>
#include <spdlog/fmt/fmt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/file.h"

namespace ddnn {
namespace {

/// Runs a program in a folder, its words in a file.
/// \return its exit code, 127 if it cannot be started.
int RunIn(const std::filesystem::path& folder, const char* program,
          const std::string& argument, const std::filesystem::path& words) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, words.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  std::string name = program;
  std::string only = argument;
  const std::array<char*, 3> arguments{name.data(), only.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program, &actions, nullptr,
                                  arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return 127;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::string FigureScript(const std::string& name, const std::string& plot) {
  return fmt::format(R"(# gnuplot {0}.gp draws {0}.svg and {0}.png.
set datafile separator ","
set datafile missing ""
set grid ytics lt 1 lw 1 lc rgb "#dddddd"
set tics nomirror
set key outside right top vertical Left reverse
do for [format in "svg png"] {{
  if (format eq "svg") {{
    set terminal svg size 1000,500 font "sans-serif,14" background "white" noenhanced
  }} else {{
    set terminal pngcairo size 1000,500 font "sans-serif,11" noenhanced
  }}
  set output "{0}.".format
{1}}}
set output
)",
                     name, plot);
}

Status DrawFigure(const std::filesystem::path& folder, const std::string& name,
                  const std::string& plot) {
  const std::string script = name + ".gp";
  const auto written =
      WriteFileAtomically(folder / script, FigureScript(name, plot));
  if (!written) return written;
  const auto words = std::filesystem::absolute(folder / (name + ".log"));
  const int code = RunIn(folder, "gnuplot", script, words);
  const auto said = ReadFile(words);
  std::error_code ignored;
  std::filesystem::remove(words, ignored);
  if (code == 127) {
    return Failure{Error::kNotFound,
                   fmt::format("no gnuplot (package gnuplot-nox), so no figure "
                               "of {}; the tables are written, and {} draws it",
                               name, (folder / script).string())};
  }
  if (code != 0) {
    return Failure{Error::kMalformed,
                   fmt::format("gnuplot {}: {}", script,
                               said ? said->substr(0, 500) : "")};
  }
  return Done{};
}

}  // namespace ddnn

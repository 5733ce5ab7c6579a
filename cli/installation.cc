#include "cli/installation.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <cstdlib>
#include <initializer_list>
#include <sstream>
#include <string>

#include "cli/command.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

fs::path ProgramFolder() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

bool IsExecutable(const fs::path& file) {
  return fs::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0;
}

/// A program that another project installs: $`variable` if that is set, else
/// the first of `names` on the PATH, or where Debian has servers, in /usr/sbin,
/// which users' PATHs lack.
std::optional<fs::path> Find(const char* variable,
                             std::initializer_list<const char*> names) {
  // NOLINTBEGIN(concurrency-mt-unsafe): nothing here calls setenv
  const char* given = std::getenv(variable);
  const char* path = std::getenv("PATH");
  // NOLINTEND(concurrency-mt-unsafe)
  if (given != nullptr) {
    if (IsExecutable(given)) return given;
    throw CommandError(
        kExitUnavailable,
        fmt::format("{} names {}, which is no program", variable, given));
  }
  std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    for (const char* name : names) {
      fs::path program = fs::path(folder) / name;
      if (!folder.empty() && IsExecutable(program)) return program;
    }
  }
  return std::nullopt;
}

/// \param name  of the program, and of its Debian package.
fs::path Required(const char* variable, const char* name, const char* what) {
  const auto program = Find(variable, {name});
  if (program) return *program;
  throw CommandError(
      kExitUnavailable,
      fmt::format("{}, {}, is not installed; install it: apt-get install {}",
                  name, what, name));
}

}  // namespace

fs::path AgentProgram(std::string_view name) {
  fs::path program = ProgramFolder() / name;
  if (!IsExecutable(program)) {
    throw CommandError(
        kExitUnavailable,
        fmt::format("{} is missing; build it: ./run build", program.string()));
  }
  return program;
}

fs::path ProjectFile(const fs::path& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here calls setenv
  if (const char* home = std::getenv("DDNN_HOME")) {
    fs::path file = fs::path(home) / name;
    if (fs::exists(file)) return file;
    throw CommandError(kExitUnavailable,
                       fmt::format("{} is missing; DDNN_HOME must name the "
                                   "project's folder",
                                   file.string()));
  }
  const fs::path program_folder = ProgramFolder();
  for (fs::path folder = program_folder; folder != folder.parent_path();
       folder = folder.parent_path()) {
    if (fs::exists(folder / name)) return folder / name;
  }
  throw CommandError(
      kExitUnavailable,
      fmt::format("{} is in no folder above {}; set DDNN_HOME to the project's "
                  "folder",
                  name.string(), program_folder.string()));
}

fs::path MosquittoProgram() {
  return Required("DDNN_MOSQUITTO", "mosquitto", "the MQTT broker");
}

fs::path PrometheusProgram() {
  return Required("DDNN_PROMETHEUS", "prometheus", "which records metrics");
}

std::optional<fs::path> GrafanaProgram() {
  return Find("DDNN_GRAFANA", {"grafana", "grafana-server"});
}

}  // namespace ddnn

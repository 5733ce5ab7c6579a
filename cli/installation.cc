#include "cli/installation.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <cstdlib>
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
  // NOLINTBEGIN(concurrency-mt-unsafe): nothing here calls setenv
  const char* given = std::getenv("DDNN_MOSQUITTO");
  const char* path = std::getenv("PATH");
  // NOLINTEND(concurrency-mt-unsafe)
  if (given != nullptr) {
    if (IsExecutable(given)) return given;
    throw CommandError(
        kExitUnavailable,
        fmt::format("DDNN_MOSQUITTO names {}, which is no program", given));
  }
  std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    fs::path program = fs::path(folder) / "mosquitto";
    if (!folder.empty() && IsExecutable(program)) return program;
  }
  throw CommandError(kExitUnavailable,
                     "mosquitto, the MQTT broker, is not installed; install "
                     "it: apt-get install mosquitto");
}

}  // namespace ddnn

#include "cli/running_agent.h"

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ddnn {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> ArgumentsOf(const fs::path& process) {
  std::ifstream file(process / "cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string one; std::getline(file, one, '\0');) {
    arguments.push_back(one);
  }
  return arguments;
}

/// The file that an agent was given; empty for any other program.
std::string ConfigOf(const std::vector<std::string>& arguments) {
  constexpr std::string_view kOption = "--config";
  if (arguments.empty() || !arguments[0].ends_with("_agent")) return {};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& one = arguments[i];
    if (one == kOption && i + 1 < arguments.size()) return arguments[i + 1];
    if (one.starts_with("--config=")) return one.substr(kOption.size() + 1);
  }
  return {};
}

std::optional<pid_t> PidOf(const fs::path& process) {
  const std::string name = process.filename().string();
  pid_t pid = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || end != name.data() + name.size()) {
    return std::nullopt;
  }
  return pid;
}

}  // namespace

std::optional<pid_t> RunningAgent(const fs::path& config) {
  std::error_code error;
  const fs::path ours = fs::weakly_canonical(config, error);
  const fs::directory_iterator end;
  for (fs::directory_iterator entry("/proc", error); !error && entry != end;
       entry.increment(error)) {
    const auto pid = PidOf(entry->path());
    if (!pid) continue;
    const std::string given = ConfigOf(ArgumentsOf(entry->path()));
    if (given.empty()) continue;
    std::error_code gone;  // it may have ended
    const fs::path folder = fs::read_symlink(entry->path() / "cwd", gone);
    if (fs::weakly_canonical(folder / given, gone) == ours) return pid;
  }
  return std::nullopt;
}

}  // namespace ddnn

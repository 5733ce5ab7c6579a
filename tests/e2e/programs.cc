#include "tests/e2e/programs.h"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/temp_folder.h"

namespace ddnn {

std::filesystem::path BuiltProgram(const std::string& name) {
  return std::filesystem::path(DDNN_BUILT_PROGRAMS) / name;
}

std::filesystem::path SourceFolder() { return DDNN_SOURCE_DIR; }

Finished RunProgramToEnd(const std::vector<std::string>& command) {
  const TempFolder folder;
  auto child = ChildProcess::Start("program", command, folder / "output");
  if (!child) {
    ADD_FAILURE() << child.message();
    return {};
  }
  EXPECT_TRUE(child->WaitFor(milliseconds(60000))) << command.front();
  child->Stop(milliseconds(1000));
  return {child->exit_code().value_or(-1), Slurp(folder / "output")};
}

Finished RunDdnn(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), BuiltProgram("ddnn").string());
  return RunProgramToEnd(arguments);
}

bool Eventually(const std::function<bool()>& condition, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

std::string Slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::ifstream in(fmt::format("/proc/{0}/task/{0}/children", parent));
  return {std::istream_iterator<pid_t>(in), {}};
}

std::string CommandOf(pid_t pid) {
  std::string command = Slurp(fmt::format("/proc/{}/cmdline", pid));
  std::replace(command.begin(), command.end(), '\0', ' ');
  return command;
}

bool IsAlive(pid_t pid) {
  const std::string stat = Slurp(fmt::format("/proc/{}/stat", pid));
  const auto state = stat.rfind(") ");
  return state != std::string::npos && stat[state + 2] != 'Z';
}

}  // namespace ddnn

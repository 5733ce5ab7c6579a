#include "core/telemetry/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace ddnn {
namespace {

// Of /proc/PID/stat, counted from what follows the process's name.
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;

}  // namespace

std::optional<ProcessUsage> ParseProcessStat(std::string_view stat) {
  const auto name_end = stat.rfind(')');  // the name may hold anything
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream in{std::string(stat.substr(name_end + 1))};
  char state = 0;
  in >> state;
  std::array<double, kResidentPages + 1> fields{};
  for (std::size_t i = 1; i < fields.size(); ++i) in >> fields[i];
  if (!in) return std::nullopt;
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return ProcessUsage{
      .cpu_seconds = (fields[kUserTicks] + fields[kSystemTicks]) / ticks_per_s,
      .virtual_bytes = fields[kVirtualBytes],
      .resident_bytes = fields[kResidentPages] * page_bytes,
      .start_seconds = fields[kStartTicks] / ticks_per_s};
}

std::optional<ProcessUsage> ReadProcessUsage(
    const std::filesystem::path& folder) {
  std::ifstream in(folder / "stat");
  const std::string stat{std::istreambuf_iterator<char>(in), {}};
  return ParseProcessStat(stat);
}

double OpenFileCount() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator file("/proc/self/fd", error), end;
       !error && file != end; file.increment(error)) {
    ++count;
  }
  return count - 1;  // without the folder itself
}

double OpenFileLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<double>(limit.rlim_cur);
}

double BootSeconds() {
  std::ifstream in("/proc/stat");
  for (std::string word; in >> word;) {
    double seconds = 0;
    if (word == "btime" && in >> seconds) return seconds;
  }
  return 0;
}

}  // namespace ddnn

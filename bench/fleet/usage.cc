#include "bench/fleet/usage.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace ddnn {
namespace {

// Of /proc/PID/stat, counted from the process's state, which follows its name:
// see proc(5).
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kResidentPages = 21;

}  // namespace

std::optional<Usage> ParseUsage(std::string_view stat) {
  const auto name_end = stat.rfind(')');  // the name may hold anything
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream in{std::string(stat.substr(name_end + 1))};
  char state = 0;
  in >> state;
  std::array<long long, kResidentPages> fields{};
  for (long long& field : fields) in >> field;
  if (!in) return std::nullopt;
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return Usage{
      static_cast<double>(fields[kUserTicks - 1] + fields[kSystemTicks - 1]) /
          ticks_per_s,
      static_cast<double>(fields[kResidentPages - 1]) * page_bytes / (1 << 20)};
}

Usage UsageOf(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  const std::string stat{std::istreambuf_iterator<char>(in), {}};
  return ParseUsage(stat).value_or(Usage{});
}

Load LoadBetween(const std::vector<Usage>& begin, const std::vector<Usage>& end,
                 double seconds) {
  Load load;
  for (std::size_t i = 0; i < end.size(); ++i) {
    const double percent = (end[i].cpu_s - begin[i].cpu_s) / seconds * 100;
    ++load.processes;
    load.cpu_percent += percent;
    load.cpu_percent_max = std::max(load.cpu_percent_max, percent);
    load.rss_mib += end[i].rss_mib;
    load.rss_mib_max = std::max(load.rss_mib_max, end[i].rss_mib);
  }
  return load;
}

}  // namespace ddnn

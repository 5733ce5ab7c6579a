#include "bench/fleet/usage.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "core/telemetry/process_usage.h"

namespace ddnn {
Usage UsageOf(pid_t pid) {
  const auto usage =
      ReadProcessUsage(std::filesystem::path("/proc") / std::to_string(pid));
  if (!usage) return {};
  return {usage->cpu_seconds, usage->resident_bytes / (1 << 20)};
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

#include "bench/soak/memory_watch.h"

#include <algorithm>
#include <filesystem>

#include "core/telemetry/process_usage.h"

namespace ddnn {
namespace {

constexpr double kMib = 1 << 20;

}  // namespace

void MemoryWatch::Look(const std::vector<Site::Process>& processes,
                       Instant now) {
  for (const Site::Process& process : processes) {
    const auto usage = ReadProcessUsage(std::filesystem::path("/proc") /
                                        std::to_string(process.pid));
    if (!usage) continue;
    const auto [at, is_new] = lives_.try_emplace(process.pid);
    Life& life = at->second;
    if (is_new) {
      life.figures.name = process.name;
      life.born = now;
    }
    const double mib = usage->resident_bytes / kMib;
    if (now - life.born >= kWarmUp) {
      if (!life.warm) life.figures.first_mib = mib;
      life.figures.largest_mib = std::max(life.figures.largest_mib, mib);
      life.figures.last_mib = mib;
      if (life.warm) {
        const std::chrono::duration<double> time = now - life.looked;
        life.figures.cpu_percent =
            std::max(life.figures.cpu_percent,
                     100 * (usage->cpu_seconds - life.cpu_s) / time.count());
      }
      life.figures.seconds =
          std::chrono::duration<double>(now - life.born - kWarmUp).count();
      life.warm = true;
    }
    life.cpu_s = usage->cpu_seconds;
    life.looked = now;
  }
}

std::vector<MemoryWatch::Figures> MemoryWatch::figures() const {
  std::vector<Figures> all;
  for (const auto& [pid, life] : lives_) {
    if (life.warm) all.push_back(life.figures);
  }
  std::ranges::stable_sort(all, {}, &Figures::name);
  return all;
}

}  // namespace ddnn

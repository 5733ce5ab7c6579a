#include "bench/fleet/drops.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace ddnn {
namespace {

constexpr std::array<std::string_view, 7> kPrefixes{
    "rejected_",   "lost_",       "claims_refused_", "unsent_",
    "reconnects_", "duplicates_", "sequence_gaps_"};
constexpr std::array<std::string_view, 13> kNames{"inbox_dropped",
                                                  "ticks_missed",
                                                  "skipped_ticks",
                                                  "views_left_out",
                                                  "stale_ticks",
                                                  "evicted_ticks",
                                                  "map_not_in_ring",
                                                  "late_scores",
                                                  "repeated_scores",
                                                  "unwanted_maps",
                                                  "unwanted_cloud_answers",
                                                  "devices_gone",
                                                  "rival_edges"};

bool IsDrop(std::string_view counter) {
  return std::ranges::find(kNames, counter) != kNames.end() ||
         std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
           return counter.starts_with(prefix);
         });
}

}  // namespace

void AddDrops(const std::string& agents, const AgentCounters& counters,
              std::map<std::string, std::uint64_t>* drops) {
  for (const auto& [name, count] : counters) {
    if (count == 0 || !IsDrop(name)) continue;
    (*drops)[fmt::format("{} {}", agents, name)] += count;
  }
}

}  // namespace ddnn

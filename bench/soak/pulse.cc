#include "bench/soak/pulse.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace ddnn {

void Pulse::OnHeard(const HeardEvent& event, Instant now) {
  std::visit([this, now](const auto& item) { On(item, now); }, event);
}

void Pulse::On(const GroupConfig& config, Instant /*now*/) {
  if (!config_ || config_->schedule != config.schedule) ticks_.clear();
  config_ = config;
}

void Pulse::On(const HeardScores& scores, Instant now) {
  if (!config_ || scores.device < 0) return;
  for (const Tick tick : scores.mention.ticks) {
    TickState& state = ticks_[OffsetOf(tick)];
    state.spoke.set(static_cast<std::size_t>(scores.device));
    state.heard = std::max(state.heard, now);
  }
  for (const SampleId& sample : scores.mention.samples) {
    ticks_[OffsetOf(sample.tick)].seen.insert(sample.object);
  }
  while (!ticks_.empty() && InstantOf(ticks_.begin()->first) + kMemory < now) {
    ticks_.erase(ticks_.begin());
  }
}

void Pulse::On(const SampleResult& result, Instant now) {
  results_.insert(now);
  while (*results_.begin() + kMemory < now) results_.erase(results_.begin());
  if (!config_ || Before(result.sample.tick, config_->schedule.first_tick)) {
    return;
  }
  const Offset offset = OffsetOf(result.sample.tick);
  if (result.status != ResultStatus::kOk || now > InstantOf(offset) + kPrompt) {
    return;
  }
  TickState& state = ticks_[offset];
  state.well.insert(result.sample.object);
  state.heard = std::max(state.heard, now);
}

bool Pulse::Well(const TickState& tick) const {
  return tick.spoke.count() == static_cast<std::size_t>(config_->devices) &&
         std::ranges::includes(tick.well, tick.seen);
}

std::optional<Instant> Pulse::WellSince(Instant from) const {
  if (!config_) return std::nullopt;
  const auto needed = static_cast<Offset>(
      std::ceil(config_->schedule.ticks_per_second *
                std::chrono::duration<double>(kWell).count()));
  std::optional<Offset> since;
  Offset next = 0;
  for (const auto& [offset, tick] : ticks_) {
    if (InstantOf(offset) < from) continue;
    if (!Well(tick)) {
      since.reset();
      continue;
    }
    if (!since || offset != next) since = offset;
    next = offset + 1;
    if (next - *since >= needed) return ticks_.at(*since).heard;
  }
  return std::nullopt;
}

milliseconds Pulse::LongestPauseSince(Instant from) const {
  Instant::duration longest{};
  Instant last = from;
  for (auto at = results_.lower_bound(from); at != results_.end(); ++at) {
    longest = std::max(longest, *at - last);
    last = *at;
  }
  return std::chrono::duration_cast<milliseconds>(longest);
}

}  // namespace ddnn

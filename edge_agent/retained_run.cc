#include "edge_agent/retained_run.h"

#include <algorithm>
#include <utility>

#include "core/fusion/tick_limit.h"

namespace ddnn {

Status RetainedRun::OnConfig(std::string_view payload) {
  config_.reset();
  if (payload.empty()) return Done{};
  Result<GroupConfig> config = DecodeGroupConfig(payload);
  if (!config) return config.failure();
  if (config->bundle_tag != tag_) return Error::kWrongBundle;
  config_ = std::move(*config);
  return Done{};
}

Status RetainedRun::OnDecided(std::string_view payload) {
  decided_.reset();
  if (payload.empty()) return Done{};
  const Result<ddnn::Decided> decided = codec_.DecodeDecided(payload);
  if (!decided) return decided.failure();
  decided_ = decided->tick;
  return Done{};
}

bool RetainedRun::Fits(const TickSchedule& schedule, Instant now) const {
  return schedule.ticks_per_second == ticks_per_s_ &&
         schedule.start <= now + kMaxClockAhead && !schedule.IsWornOut(now);
}

std::optional<RetainedRun::Run> RetainedRun::Resumable(Instant now) const {
  std::optional<Run> run;
  const auto consider = [&](const TickSchedule& schedule, Tick decided) {
    if (!Fits(schedule, now) || (run && run->schedule != schedule)) return;
    decided = std::max(decided, schedule.first_tick - 1, Before);
    if (!run || Before(run->decided, decided)) run = Run{schedule, decided};
  };
  if (config_) {
    const TickSchedule& schedule = config_->schedule;
    consider(schedule, decided_.value_or(schedule.first_tick - 1));
  }
  if (kept_) consider(kept_->schedule, kept_->decided);
  if (!run) return run;
  const Tick last = run->schedule.LastDue(now + kLargestSetBack);
  return Before(last, run->decided) ? std::nullopt : run;
}

std::optional<Tick> RetainedRun::FirstUnused() const {
  std::optional<Tick> last = decided_;
  if (kept_ && (!last || Before(*last, kept_->decided))) last = kept_->decided;
  if (!last) return std::nullopt;
  return *last + kMaxTicksAhead + 1;
}

}  // namespace ddnn

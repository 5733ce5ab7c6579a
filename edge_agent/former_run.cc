#include "edge_agent/former_run.h"

#include <algorithm>
#include <utility>

#include "core/fusion/tick_limit.h"

namespace ddnn {
namespace {

/// As far as the watermark can be one of this schedule.
Tick Believed(Tick decided, const TickSchedule& schedule, Instant now) {
  const Tick before = schedule.first_tick - 1;
  const bool too_late = Before(schedule.LastDue(now + kMaxClockAhead), decided);
  if (too_late || Before(decided, before)) return before;
  return std::min(decided, schedule.LastDue(now), Before);
}

}  // namespace

Status FormerRun::OnConfig(std::string_view payload) {
  config_.reset();
  if (payload.empty()) return Done{};
  Result<GroupConfig> config = DecodeGroupConfig(payload);
  if (!config) return config.failure();
  if (config->bundle_tag != tag_) return Error::kWrongBundle;
  config_ = std::move(*config);
  return Done{};
}

Status FormerRun::OnDecided(std::string_view payload) {
  decided_.reset();
  if (payload.empty()) return Done{};
  const Result<ddnn::Decided> decided = codec_.DecodeDecided(payload);
  if (!decided) return decided.failure();
  decided_ = decided->tick;
  return Done{};
}

bool FormerRun::Fits(const TickSchedule& schedule, Instant now) const {
  return schedule.ticks_per_second == ticks_per_s_ &&
         schedule.start <= now + kMaxClockAhead;
}

std::optional<FormerRun::Run> FormerRun::Resumable(Instant now) const {
  std::optional<Run> run;
  const auto consider = [&](const TickSchedule& schedule, Tick decided) {
    if (!Fits(schedule, now) || (run && run->schedule != schedule)) return;
    decided = Believed(decided, schedule, now);
    if (!run || Before(run->decided, decided)) run = Run{schedule, decided};
  };
  if (config_) {
    const TickSchedule& schedule = config_->schedule;
    consider(schedule, decided_.value_or(schedule.first_tick - 1));
  }
  if (kept_) consider(kept_->schedule, kept_->decided);
  return run;
}

std::optional<Tick> FormerRun::FirstUnused() const {
  std::optional<Tick> last = decided_;
  if (kept_ && (!last || Before(*last, kept_->decided))) last = kept_->decided;
  if (!last) return std::nullopt;
  return *last + kMaxTicksAhead + 1;
}

}  // namespace ddnn

#include "core/vision/replay_pacer.h"

namespace ddnn {

void ReplayPacer::Begin(const TickSchedule& schedule, Tick decided) {
  const bool same = schedule_ == schedule;
  const Tick before_first = schedule.first_tick - 1;
  decided_ = Before(decided, before_first) ? before_first : decided;
  schedule_ = schedule;
  if (!(same && schedule.paced())) next_ = decided_ + 1;
}

void ReplayPacer::OnDecided(Tick tick) {
  if (Before(decided_, tick)) decided_ = tick;
}

std::optional<ReplayPacer::Due> ReplayPacer::Take(Instant now) {
  if (!HasNext()) return std::nullopt;
  const bool due = schedule_->paced() ? now >= schedule_->InstantOf(next_)
                                      : !Before(decided_ + window_, next_);
  if (!due) return std::nullopt;
  const Due taken{next_, next_ - schedule_->first_tick};
  ++next_;
  return taken;
}

std::optional<Instant> ReplayPacer::NextInstant() const {
  if (!HasNext() || !schedule_->paced()) return std::nullopt;
  return schedule_->InstantOf(next_);
}

bool ReplayPacer::HasNext() const {
  return schedule_ && next_ - schedule_->first_tick < length_;
}

}  // namespace ddnn

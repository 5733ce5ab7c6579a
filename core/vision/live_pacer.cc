#include "core/vision/live_pacer.h"

#include <chrono>

namespace ddnn {
void LivePacer::Begin(const TickSchedule& schedule, Tick decided) {
  const bool same = schedule_ == schedule;
  const Tick before_first = schedule.first_tick - 1;
  decided_ = Before(decided, before_first) ? before_first : decided;
  if (same && schedule.paced()) return;
  schedule_ = schedule;
  next_ = decided_ + 1;
  first_ = true;
}

void LivePacer::OnDecided(Tick tick) {
  if (Before(decided_, tick)) decided_ = tick;
}

std::optional<LivePacer::Due> LivePacer::Take(Instant now, bool has_image) {
  if (!schedule_) return std::nullopt;
  if (schedule_->paced()) return TakePaced(now);
  if (!Before(decided_, next_)) next_ = decided_ + 1;
  if (!has_image || Before(decided_ + 1, next_)) return std::nullopt;
  return Due{next_++, 0};
}

void LivePacer::FollowClock(Instant now) {
  if (first_ || now + kLargestSetBack >= schedule_->InstantOf(next_ - 1)) {
    return;
  }
  next_ = schedule_->LastDue(now) + 1;
  first_ = true;
}

std::optional<LivePacer::Due> LivePacer::TakePaced(Instant now) {
  FollowClock(now);
  if (now < schedule_->InstantOf(next_)) return std::nullopt;
  const Tick newest = schedule_->LastDue(now);
  const Due due{newest, first_ ? 0 : newest - next_};
  first_ = false;
  next_ = newest + 1;
  return due;
}

std::optional<Instant> LivePacer::NextInstant() const {
  if (!schedule_ || !schedule_->paced()) return std::nullopt;
  return schedule_->InstantOf(next_);
}

}  // namespace ddnn

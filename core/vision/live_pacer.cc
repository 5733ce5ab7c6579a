#include "core/vision/live_pacer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

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

std::optional<LivePacer::Due> LivePacer::TakePaced(Instant now) {
  if (now < schedule_->InstantOf(next_)) return std::nullopt;
  const std::chrono::duration<double> elapsed = now - schedule_->start;
  const double passed =
      std::floor(elapsed.count() * schedule_->ticks_per_second);
  Tick newest = schedule_->first_tick +
                static_cast<Tick>(static_cast<std::int64_t>(passed));
  // The division may round up to a tick that is not due yet.
  if (Before(next_, newest) && now < schedule_->InstantOf(newest)) --newest;
  if (Before(newest, next_)) newest = next_;
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

#include "device_agent/group_start.h"

namespace ddnn {

void GroupStart::OnConnected() {
  config_seen_ = false;
  pending_.reset();
  decided_.reset();
  term_.reset();
}

std::optional<GroupStart::Start> GroupStart::OnConfig(
    const TickSchedule& schedule, std::uint32_t term) {
  const auto& current = pending_ ? pending_ : schedule_;
  // Right after connecting, a watermark may have overtaken its config; later
  // it belongs to the schedule that this one replaces.
  if (config_seen_ && current != schedule) decided_.reset();
  config_seen_ = true;
  pending_ = schedule;
  pending_term_ = term;
  return BeginIfReady();
}

std::optional<GroupStart::Start> GroupStart::OnDecided(Tick tick) {
  decided_ = tick;
  return BeginIfReady();
}

std::optional<GroupStart::Start> GroupStart::BeginIfReady() {
  if (!pending_ || !decided_) return std::nullopt;
  const bool same = schedule_ == pending_;
  const Start start{*pending_, *decided_, !same,
                    same && term_ != pending_term_};
  schedule_ = pending_;
  term_ = pending_term_;
  pending_.reset();
  return start;
}

}  // namespace ddnn

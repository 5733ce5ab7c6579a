#include "edge_agent/lease_keeper.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ddnn {
namespace {

/// Renewals remembered at most: more than go out while one is valid.
constexpr std::size_t kMaxSent = 8;

}  // namespace

void LeaseKeeper::OnConnected(Instant now) {
  all_heard_ = false;
  heard_at_ = now;
  sent_.clear();
  message_.reset();
}

void LeaseKeeper::OnDisconnected() {
  all_heard_ = false;
  valid_from_.reset();
}

void LeaseKeeper::OnAllHeard(Instant now) {
  if (all_heard_) return;
  all_heard_ = true;
  if (role_ != Role::kFollows) Claim(now);
}

Status LeaseKeeper::OnLease(const Lease& lease, Instant now) {
  if (best_) {
    const std::int64_t ahead =
        static_cast<std::int32_t>(lease.term - best_->term);
    const bool far = std::abs(ahead) > kLargestStep;
    const bool living = renewed_ && now < heard_at_ + kLasts;
    if (far && living) return Error::kOutOfRange;
    const bool other = lease.holder != best_->holder && !lease.holder.empty();
    if (!far && (ahead < 0 || (ahead == 0 && other))) return Error::kRefused;
  }
  renewed_ =
      best_ && best_->holder == lease.holder && best_->term == lease.term;
  best_ = lease;
  heard_at_ = now;
  holder_gone_ = false;
  if (lease.holder == agent_) {
    NoteOwn(lease);
  } else {
    role_ = Role::kFollows;
  }
  return Done{};
}

void LeaseKeeper::NoteOwn(const Lease& lease) {
  if (role_ == Role::kFollows || lease.term != term_) return;
  const auto beat = sent_.find(lease.beat);
  if (beat == sent_.end()) return;
  role_ = Role::kLeads;
  valid_from_ = beat->second;
  sent_.erase(sent_.begin(), std::next(beat));
}

void LeaseKeeper::OnAgentGone(std::string_view agent) {
  if (best_ && best_->holder == agent) holder_gone_ = true;
}

void LeaseKeeper::OnRegularEdge(Instant now) {
  if (!standby_ || role_ == Role::kFollows) return;
  role_ = Role::kFollows;
  valid_from_.reset();
  best_ = Lease{"", term_, beat_};
  heard_at_ = now;
  message_ = best_;
}

Instant LeaseKeeper::ClaimDue() const {
  const bool is_free =
      holder_gone_ || (!standby_ && (!best_ || best_->holder.empty() ||
                                     best_->holder == agent_));
  return is_free ? claim_due_ : std::max(claim_due_, heard_at_ + kLasts);
}

void LeaseKeeper::Claim(Instant now) {
  claim_due_ = now + kBeat;
  const bool behind =
      best_ && static_cast<std::int32_t>(best_->term - term_) > 0;
  if (behind || (best_ && !has_claimed_)) term_ = best_->term;
  has_claimed_ = true;
  ++term_;
  beat_ = 0;
  sent_.clear();
  role_ = Role::kClaims;
  Renew(now);
}

void LeaseKeeper::Renew(Instant now) {
  if (sent_.size() >= kMaxSent) sent_.erase(sent_.begin());
  sent_.emplace(beat_, now);
  message_ = Lease{agent_, term_, beat_};
  ++beat_;
  beat_due_ = now + kBeat;
}

void LeaseKeeper::FollowSetBack(Instant now) {
  valid_from_.reset();
  sent_.clear();
  beat_due_ = now;
  heard_at_ = std::min(heard_at_, now);
  claim_due_ = std::min(claim_due_, now + kBeat);
}

void LeaseKeeper::OnTime(Instant now) {
  if (now < std::exchange(last_time_, now)) FollowSetBack(now);
  if (!all_heard_) return;
  if (role_ != Role::kFollows) {
    if (now >= beat_due_) Renew(now);
  } else if (now >= ClaimDue()) {
    Claim(now);
  }
}

std::optional<Instant> LeaseKeeper::NextDeadline() const {
  if (!all_heard_) return std::nullopt;
  return role_ == Role::kFollows ? ClaimDue() : beat_due_;
}

bool LeaseKeeper::Valid(Instant now) const {
  return role_ != Role::kFollows && valid_from_ && *valid_from_ <= now &&
         now < *valid_from_ + kLasts;
}

}  // namespace ddnn

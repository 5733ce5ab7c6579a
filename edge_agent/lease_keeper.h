#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/wire/json.h"

namespace ddnn {

/// Decides whether this edge agent leads its group: holds the group's lease.
///
/// The lease is a retained message of the broker, which orders what all write:
/// of two who claim the same term, the one that everybody hears first has it. A
/// holder renews it each kBeat, and trusts it for kLasts from the moment it
/// *sent* a renewal that came back. Others wait as long from the moment they
/// *heard* the last one, so the old holder always stops first, whatever the
/// network did; each by its own clock, so no two clocks are compared. Two
/// holders after all are harmless: they answer the same samples alike.
///
/// A *standby* takes the lease when it runs out or its holder is gone, and
/// gives it back as soon as an edge that is none comes.
/// Pure: the caller says what happened and when, and sends TakeMessage().
/// Thread-safety: none.
class LeaseKeeper {
 public:
  static constexpr milliseconds kLasts{3000};
  static constexpr milliseconds kBeat{1000};
  /// A term so much further is not believed while the holder renews its lease.
  static constexpr std::int64_t kLargestStep = 1 << 16;

  enum class Role : std::uint8_t {
    kFollows,  ///< another edge leads, or nobody, or that is not known yet
    kClaims,   ///< its claim is on the way
    kLeads,
  };

  /// \param agent  this agent's id.
  LeaseKeeper(std::string agent, bool standby)
      : agent_(std::move(agent)), standby_(standby) {}

  /// Nothing is sure any more; a lead claims the next term.
  void OnConnected(Instant now);
  /// Another may lead from now on: not valid until a claim of the next
  /// connection has come back.
  void OnDisconnected();
  /// All that was retained has been heard.
  void OnAllHeard(Instant now);

  /// \return Done; kRefused: from the past, or another claim came first;
  ///     kOutOfRange: from the far future. Those change nothing.
  Status OnLease(const Lease& lease, Instant now);
  /// An agent went offline.
  void OnAgentGone(std::string_view agent);
  /// An edge agent that is no standby came, and would lead.
  void OnRegularEdge(Instant now);

  void OnTime(Instant now);
  std::optional<Instant> NextDeadline() const;

  Role role() const { return role_; }
  /// Of this agent's claim.
  std::uint32_t term() const { return term_; }
  /// It leads, and nobody else can: what it says counts.
  bool Valid(Instant now) const;
  /// What is to be published, retained; nothing if there is nothing to say.
  std::optional<Lease> TakeMessage() { return std::exchange(message_, {}); }

 private:
  /// When it may claim, if nothing more is heard.
  Instant ClaimDue() const;
  void Claim(Instant now);
  void Renew(Instant now);
  /// The wall clock was set back, which must make no lease last: it ends, and
  /// is renewed at once.
  void FollowSetBack(Instant now);
  void NoteOwn(const Lease& lease);

  const std::string agent_;
  const bool standby_;
  Role role_ = Role::kFollows;
  bool all_heard_ = false;                 // since the connection
  std::optional<Lease> best_;              // of the highest term that was heard
  bool renewed_ = false;                   // best_'s holder has said it again
  bool holder_gone_ = false;               // best_'s
  Instant heard_at_{};                     // best_; or the connection
  std::uint32_t term_ = 0;                 // ours
  bool has_claimed_ = false;               // term_ means something
  std::uint32_t beat_ = 0;                 // the next one of this term
  std::map<std::uint32_t, Instant> sent_;  // by beat; not heard yet
  Instant beat_due_{};
  Instant claim_due_{};  // no sooner after the last claim
  std::optional<Instant> valid_from_;
  Instant last_time_{};
  std::optional<Lease> message_;
};

}  // namespace ddnn

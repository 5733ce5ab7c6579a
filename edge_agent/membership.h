#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/retry.h"
#include "core/nn/tree.h"
#include "edge_agent/claims.h"
#include "edge_agent/config.h"
#include "edge_agent/edge_presence.h"
#include "edge_agent/rivals.h"

namespace ddnn {

/// Who belongs to the group, as the agents' states say: claims, what is logged
/// and counted of them, and the doubt after a lost connection. The lead also
/// sends those away that cannot belong to the group. Rivals hear of the states
/// too. Thread-safety: none.
class Membership {
 public:
  /// A node of the bundle came or went: its agent, or its camera.
  struct Change {
    int node = 0;
    bool alive = false;
  };

  /// All but `config` are borrowed and outlive the membership.
  /// \param lease  of the lead; nullptr for a branch.
  Membership(const EdgeConfig& config, const Bundle& bundle, const Tree& tree,
             const Place& place, EdgePresence* presence, LeaseKeeper* lease);

  const Claims& claims() const { return claims_; }
  Rivals& rivals() { return rivals_; }

  /// \return what is to be told to those who wait, in order.
  std::vector<Change> OnState(std::string_view agent,
                              const std::string& payload, bool retained,
                              Instant now);
  /// From now on each claim has a while to be confirmed.
  void OnConnected(Instant now);
  /// \return those that did not confirm their claim.
  std::vector<Change> OnTime(Instant now);
  std::optional<Instant> NextDeadline() const { return doubt_until_; }

 private:
  std::vector<Change> Apply(const std::string& agent,
                            const Claims::Change& change);
  void NoteCamera(int device, const std::string& agent);
  void SendAway(const std::string& agent, const Leave& leave);

  const std::string site_;
  const bool leads_;
  const int devices_;
  EdgePresence& presence_;
  Claims claims_;
  Rivals rivals_;
  std::optional<Instant> doubt_until_;
  LogLimiter refusals_;
};

}  // namespace ddnn

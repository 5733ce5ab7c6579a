#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/retry.h"
#include "core/nn/tree.h"
#include "edge_agent/claims.h"
#include "edge_agent/config.h"
#include "edge_agent/lease_keeper.h"
#include "edge_agent/presence.h"

namespace ddnn {

/// Who belongs to the group, as the agents' states say: claims, what is logged
/// and counted of them, and the doubt after a lost connection. The lead also
/// sends those away that cannot belong to the group. A lead that has not opened
/// its group gives up where another one leads it: one that was there before
/// it; of two that start together the one with the higher boot number does. A
/// standby never does, nor makes it anybody. A late goodbye of an older boot of
/// another lead changes nothing.
/// Thread-safety: none.
class Membership {
 public:
  /// A node of the bundle came or went: its agent, or its camera.
  struct Change {
    int node = 0;
    bool alive = false;
  };

  /// All but `config` are borrowed and outlive the membership.
  /// \param lease  hears of other leads; nullptr for a branch.
  Membership(const EdgeConfig& config, const Bundle& bundle, const Tree& tree,
             const Place& place, Presence* presence, LeaseKeeper* lease);

  const Claims& claims() const { return claims_; }

  /// \return what is to be told to those who wait, in order.
  std::vector<Change> OnState(std::string_view agent,
                              const std::string& payload, bool retained,
                              Instant now);
  /// The group is open; from now on no rival makes this agent give up.
  void SetOpened() { opened_ = true; }
  /// From now on each claim has a while to be confirmed.
  void OnConnected(Instant now);
  /// \return those that did not confirm their claim.
  std::vector<Change> OnTime(Instant now);
  std::optional<Instant> NextDeadline() const { return doubt_until_; }

 private:
  void NoteLead(const std::string& agent, const AgentState& state,
                bool retained, Instant now);
  void NoteRival(const std::string& agent, const AgentState& state,
                 bool retained);
  std::vector<Change> Apply(const std::string& agent,
                            const Claims::Change& change);
  void NoteCamera(int device, const std::string& agent);
  void SendAway(const std::string& agent, const Leave& leave);

  const std::string site_;
  const std::string agent_;
  const std::string group_;
  const std::string place_;
  const Tree& tree_;
  const bool leads_;
  const int devices_;
  Presence& presence_;
  LeaseKeeper* const lease_;
  const bool standby_;
  Claims claims_;
  std::optional<Instant> doubt_until_;
  /// Agent and boot of the last birth at this agent's place.
  std::optional<std::pair<std::string, std::uint32_t>> other_lead_;
  bool opened_ = false;
  LogLimiter rivals_;
  LogLimiter refusals_;
};

}  // namespace ddnn

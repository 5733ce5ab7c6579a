#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/agent/presence.h"
#include "core/base/clock.h"
#include "core/base/retry.h"
#include "core/nn/tree.h"
#include "core/wire/json.h"
#include "edge_agent/config.h"
#include "edge_agent/lease_keeper.h"

namespace ddnn {

/// Who else would decide for the group, as the agents' states say.
///
/// The lease hears of those at the lead's place; a late goodbye of an older
/// boot of one says nothing. A lead that has not opened its group gives up
/// where another one leads it: one that was there before it; of two that start
/// together the one with the higher boot number does. A standby never does, nor
/// makes it anybody.
/// Thread-safety: none.
class Rivals {
 public:
  /// All but `config` are borrowed and outlive this.
  /// \param place  this agent's own.
  /// \param lease  nullptr for a branch, which only counts rivals.
  Rivals(const EdgeConfig& config, const Tree& tree, const Place& place,
         Presence* presence, LeaseKeeper* lease);

  /// \param state  of any agent of the site.
  void OnState(const std::string& agent, const AgentState& state, bool retained,
               Instant now);
  /// The group is open; from now on no rival makes this agent give up.
  void SetOpened() { opened_ = true; }

 private:
  void TellLease(const std::string& agent, const AgentState& state,
                 bool retained, Instant now);
  /// It would decide too, though neither place nor being a standby allows it.
  bool IsRival(const std::string& agent, const AgentState& state) const;
  void Note(const std::string& agent, const AgentState& state, bool retained);

  const std::string agent_;
  const std::string group_;
  const std::string place_;
  const bool standby_;
  const Tree& tree_;
  Presence& presence_;
  LeaseKeeper* const lease_;
  /// Agent and boot of the last birth at this agent's place.
  std::optional<std::pair<std::string, std::uint32_t>> other_lead_;
  bool opened_ = false;
  LogLimiter lines_;
};

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/agent/presence.h"
#include "core/base/message_kind.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/wire/wire.h"
#include "edge_agent/backlog.h"
#include "edge_agent/config.h"
#include "edge_agent/lease_keeper.h"
#include "edge_agent/retained_run.h"

namespace ddnn {

/// Whether this agent leads its group, and what it goes on with once it does:
/// the topics `lease`, `config` and `decided` as a lead hears them.
/// Thread-safety: none.
class Leadership {
 public:
  /// All but `config` are borrowed and outlive this.
  Leadership(const EdgeConfig& config, const Bundle& bundle, const Codec* codec,
             Presence* presence, Bus* bus);

  void Subscribe(Bus* bus) const;
  void OnConnected(const BusConnected& connected, Instant now);

  LeaseKeeper& lease() { return lease_; }
  const LeaseKeeper& lease() const { return lease_; }
  RetainedRun& retained() { return retained_; }

  void OnLease(const std::string& payload, Instant now);
  void OnConfig(const std::string& payload);
  void OnDecided(const std::string& payload);
  /// Sends what the lease wants said.
  void OnTime(Instant now);

 private:
  void CountRefusal(MessageKind kind, const Status& status);
  /// Logs once that claims do not come back.
  void WarnIfUnanswered(Instant now);

  const GroupTopics topics_;
  Presence& presence_;
  LeaseKeeper lease_;
  RetainedRun retained_;
  std::optional<Instant> claims_since_;
  bool warned_ = false;
  Backlog beats_;  // of this connection: an old one would mislead
};

}  // namespace ddnn

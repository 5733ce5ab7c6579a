#pragma once

#include <cstdint>

#include "core/agent/presence.h"
#include "core/nn/tree.h"
#include "edge_agent/backlog.h"
#include "edge_agent/config.h"

namespace ddnn {

/// The presence of every edge agent, lead or branch: also the messages that
/// wait for room in the bus.
/// Thread-safety: none.
class EdgePresence : public Presence {
 public:
  /// Sets the bus's will.
  ///
  /// \param bus, metrics  borrowed; outlive the presence.
  /// \param boot  tells this run from others, see CountBoot().
  EdgePresence(const EdgeConfig& config, const Bundle& bundle,
               const Place& place, Bus* bus, AgentMetrics* metrics,
               std::uint32_t boot);

  Backlog& backlog() { return backlog_; }
  const Backlog& backlog() const { return backlog_; }

  /// Presence's, with what waits here.
  /// \param answers  waits for room in the bus too; may be nullptr.
  void OnTime(Instant now, const Backlog* answers = nullptr);

 private:
  Backlog backlog_;
};

}  // namespace ddnn

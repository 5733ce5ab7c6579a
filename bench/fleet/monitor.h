#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "bench/fleet/ledger.h"
#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/nn/bundle.h"
#include "core/wire/wire.h"

namespace ddnn {

/// Follows a fleet as any subscriber could, and tells the ledger.
/// Thread-safety: none; feed it from one thread.
class FleetMonitor {
 public:
  /// \param bundle, ledger  borrowed.
  FleetMonitor(const std::string& site, int groups, const Bundle& bundle,
               Ledger* ledger);

  /// Adds what it wants to hear. Call before bus->Start().
  void Subscribe(Bus* bus) const;

  /// \param heard  when it arrived.
  void OnMessage(const BusMessage& message, Instant heard);

  /// Agents whose last word was that they are there.
  int online() const { return static_cast<int>(online_.size()); }
  /// What all agents have dropped by their last counters, and what arrived
  /// here and meant nothing; see AddDrops().
  std::map<std::string, std::uint64_t> Drops() const;

 private:
  void OnGroup(int group, std::string_view kind, const BusMessage& message,
               Instant heard);
  void OnAgent(const std::string& agent, std::string_view kind,
               const BusMessage& message);

  const GroupTopics group_topics_;
  const AgentTopics agent_topics_;
  const int groups_;
  const Codec codec_;
  Ledger* const ledger_;
  std::set<std::string> online_;
  std::map<std::string, AgentCounters> counters_;  // by agent
  std::uint64_t rejected_ = 0;
};

}  // namespace ddnn

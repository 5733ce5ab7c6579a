#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/device_bytes.h"
#include "cli/replay.h"
#include "cli/scoreboard.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/nn/tree.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"

namespace ddnn {

/// Follows a demo as any subscriber could, and tells the scoreboard.
///
/// Thread-safety: none; feed it from one thread.
class DemoMonitor {
 public:
  /// All arguments are borrowed and must outlive the monitor.
  DemoMonitor(const Replay& replay, const Bundle& bundle, const Tree& tree,
              Scoreboard* scoreboard);

  /// Adds what it wants to hear. Call before bus->Start().
  void Subscribe(Bus* bus) const;

  /// Anything unexpected is counted and dropped.
  void OnMessage(const BusMessage& message);

  /// The edge has decided every tick of the replay.
  bool all_decided() const;
  /// Index into Replay::expected(); nothing if the replay has no such sample,
  /// or the group's configuration is not known yet.
  std::optional<std::size_t> Find(const SampleId& sample) const;
  /// Grows with everything that brings the replay nearer to its end.
  std::uint64_t progress() const { return progress_; }
  /// Messages that meant nothing.
  std::uint64_t rejected() const { return rejected_; }
  /// Whether an agent's last word was that it is there.
  bool Online(const std::string& agent) const;
  /// All edges and the cloud are there.
  bool ServersOnline() const;
  int DevicesOnline() const;
  /// An agent was there and has said goodbye, its last counters before that.
  bool SaidGoodbye(const std::string& agent) const;
  /// Sums of the devices' counters; nothing until each has published some.
  std::optional<DeviceBytes> DeviceTraffic() const;

 private:
  void OnConfig(const BusMessage& message);
  void OnDecided(const BusMessage& message);
  void OnResult(const BusMessage& message);
  void OnLost(const BusMessage& message);
  void OnState(const std::string& agent, const BusMessage& message);
  void OnInfo(const std::string& agent, const BusMessage& message);
  /// As Find(); nothing is counted.
  std::optional<std::size_t> IndexOf(const SampleId& sample);

  const Replay& replay_;
  const Bundle& bundle_;
  Scoreboard* const scoreboard_;
  const GroupTopics topics_;
  std::vector<std::string> servers_;
  const Codec codec_;
  std::optional<GroupConfig> config_;  // the first that fits, for good
  std::optional<Tick> decided_;
  std::map<std::string, bool> online_;  // by agent, of our own agents only
  std::set<std::string> said_goodbye_;
  std::map<std::string, AgentCounters> counters_;  // by device agent
  std::uint64_t progress_ = 0;
  std::uint64_t rejected_ = 0;
};

}  // namespace ddnn

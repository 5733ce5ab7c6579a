#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/nn/tree.h"
#include "core/wire/info_pacer.h"
#include "core/wire/json.h"
#include "edge_agent/backlog.h"
#include "edge_agent/config.h"
#include "edge_agent/metrics.h"

namespace ddnn {

/// What every edge agent has, lead or branch: its `state` and will, its
/// counters on `info` and /metrics, the messages that wait for room in the bus,
/// and whether it has given up.
/// Thread-safety: none.
class Presence {
 public:
  /// Sets the bus's will.
  ///
  /// \param bus, metrics  borrowed; outlive the presence.
  /// \param boot  tells this run from others, see CountBoot().
  Presence(const EdgeConfig& config, const Bundle& bundle, const Place& place,
           Bus* bus, EdgeMetrics* metrics, std::uint32_t boot);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  std::uint32_t boot() const { return boot_; }
  AgentCounters& counters() { return counters_; }
  const AgentCounters& counters() const { return counters_; }
  Backlog& backlog() { return backlog_; }
  const Backlog& backlog() const { return backlog_; }
  /// Counts what came and cannot be used.
  void Reject(MessageKind kind, std::string_view reason);

  /// Publishes the state, and the counters again when they are due.
  void OnConnected();
  void SayHello() { backlog_.Send(StateMessage(/*online=*/true)); }
  void OnDisconnected(const BusDisconnected& disconnected);
  /// The counters have moved, or may have.
  void OnEvent() { moved_ = true; }

  /// Publishes the counters if they are due.
  /// \param answers  waits for room in the bus too; may be nullptr.
  void OnTime(Instant now, const Backlog* answers = nullptr);
  std::optional<Instant> NextDeadline() const;
  /// Publishes the last counters.
  void Finish();

  void GiveUp(Failure failure) { gave_up_ = std::move(failure); }
  /// Why there is no point in going on; nothing while there is.
  const std::optional<Failure>& gave_up() const { return gave_up_; }

 private:
  OutgoingMessage StateMessage(bool online) const;
  void SendInfo(const std::optional<std::string>& payload);

  const AgentTopics topics_;
  const std::string group_;
  const std::string place_;
  const bool standby_;
  const std::uint32_t tag_;
  const std::uint32_t boot_;
  Bus* bus_;
  EdgeMetrics& metrics_;
  AgentCounters counters_;
  StatsNotes stats_notes_{&counters_};
  Backlog backlog_;
  InfoPacer info_;
  std::optional<Failure> gave_up_;
  bool moved_ = false;
};

}  // namespace ddnn

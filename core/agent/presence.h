#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/telemetry/agent_metrics.h"
#include "core/wire/info_pacer.h"
#include "core/wire/json.h"

namespace ddnn {

/// Messages that wait outside of the bus.
struct WaitingMessages {
  std::size_t count = 0;
  std::size_t payload_bytes = 0;
};

/// What every agent has: its retained `state`, which its will takes back; its
/// counters, on /metrics and, while it is connected and at its end, on `info`;
/// and whether there is a point in going on.
/// Thread-safety: none.
class Presence {
 public:
  /// Gives a message to the broker, or counts it.
  using Sink = std::function<void(OutgoingMessage)>;

  /// Sets the bus's will.
  ///
  /// \param self  what `state` tells; whether the agent is online, and the
  ///     address of its /metrics, are filled in.
  /// \param bus, metrics  borrowed; outlive the presence.
  /// \param send  called in OnConnected() and later.
  Presence(const AgentTopics& topics, AgentState self, Bus* bus,
           AgentMetrics* metrics, Sink send);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  std::uint32_t boot() const { return self_.boot; }
  bool connected() const { return connected_; }
  AgentCounters& counters() { return counters_; }
  const AgentCounters& counters() const { return counters_; }
  /// Counts what came and cannot be used.
  void Reject(MessageKind kind, std::string_view reason) {
    CountRejected(kind, reason);
  }
  /// \return how many of the kind were for this reason before.
  std::uint64_t CountRejected(MessageKind kind, std::string_view reason);

  /// Publishes the state, and the counters again when they are due.
  void OnConnected();
  /// A final end is given up on.
  void OnDisconnected(const BusDisconnected& disconnected);
  /// Publishes the state.
  void SayHello() { send_(StateMessage(/*online=*/true)); }
  bool camera_up() const { return self_.camera_up; }
  /// Of a device; SayHello() tells it.
  void SetCameraUp(bool up) { self_.camera_up = up; }

  /// The counters have moved, or may have.
  void OnEvent() { moved_ = true; }
  /// Updates /metrics, and publishes the counters if they are due.
  void OnTime(Instant now, WaitingMessages also = {});
  /// When OnTime() must be called next, if nothing else happens.
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
  AgentState self_;
  Bus& bus_;
  AgentMetrics& metrics_;
  const Sink send_;
  AgentCounters counters_;
  StatsNotes stats_notes_{&counters_};
  InfoPacer info_;
  std::optional<Failure> gave_up_;
  bool connected_ = false;
  bool moved_ = false;
};

}  // namespace ddnn

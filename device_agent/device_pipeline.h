#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/agent/presence.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/nn/network.h"
#include "core/vision/view_source.h"
#include "core/wire/wire.h"
#include "device_agent/clock_probe.h"
#include "device_agent/edge_clock.h"
#include "device_agent/group_start.h"
#include "device_agent/metrics.h"
#include "device_agent/offload_sender.h"
#include "device_agent/preview_sender.h"
#include "device_agent/tick_ring.h"
#include "device_agent/view_sender.h"

namespace ddnn {

struct DeviceOptions {
  std::string site;
  std::string group;
  std::string agent;
  int device = 0;          ///< < the bundle's device count
  std::uint32_t boot = 0;  ///< see CountBoot()
  int window = 1;          ///< unpaced: ticks ahead of the watermark
  milliseconds batch{0};   ///< ticks of this time travel in one message
  std::size_t ring_ticks = 1;
  /// kNone: scores, and maps when asked for; else pixels leave, and nothing is
  /// computed or kept here.
  OffloadSender::Encoding offload{};
  milliseconds preview_period{0};  ///< between two pictures; 0 = none
  /// The source's clock, kept to the edge's; borrowed. None: the source goes by
  /// the clock that tells `now`.
  EdgeClock* edge_clock = nullptr;
};

/// A device's part of a sample's way: views in, scores out at once, feature
/// maps out when the edge asks for them. Where the operator chose to offload,
/// the views themselves go out instead; that is said loudly at the start.
///
/// Each connection starts with the agent's `state`, which is published again
/// when the camera falls out or is back; nothing is sent between. Ticks
/// begin when the group's `config` (with our bundle's tag) and `decided` have
/// both arrived; they begin again whenever the edge publishes `config` again.
///
/// A paced group's ticks go on without a broker, in the ring. After each
/// connection, and each time the edge opens the group anew (another term), all
/// that is not decided is offered to it, before newer ticks. (An unpaced replay
/// makes its undecided ticks anew.)
///
/// What arrives and cannot be used is counted by reason and dropped.
///
/// Pure but for the bus and the source: no thread, no clock; the caller says
/// what happened and when.
/// Thread-safety: none.
class DevicePipeline {
 public:
  /// Why the agent cannot go on.
  struct Ending {
    int exit_code = 0;
    std::string reason;
  };

  /// Bytes of maps and sums in the ring at most.
  static constexpr std::size_t kRingBytes = std::size_t{8} << 20;

  /// All but `options` are borrowed and outlive the pipeline. Sets the bus's
  /// subscriptions and will.
  DevicePipeline(DeviceOptions options, const Network& network, Bus* bus,
                 ViewSource* source, DeviceMetrics* metrics);
  DevicePipeline(const DevicePipeline&) = delete;
  DevicePipeline& operator=(const DevicePipeline&) = delete;

  void OnViews(const TickViews& views, Instant now);
  void OnBus(const BusEvent& event, Instant now);

  /// Sends what is due: a batch, the counters.
  void OnTime(Instant now);
  /// When OnTime() must be called next, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// Sends what is left; the last call.
  void Finish();

  /// Set once the agent must end; from then on nothing has an effect.
  const std::optional<Ending>& ending() const { return ending_; }

  const AgentCounters& counters() const { return counters_; }
  /// Bus messages that found no room on their way here, so far.
  void SetInboxDropped(std::uint64_t dropped) { inbox_dropped_ = dropped; }

 private:
  void On(const BusMessage& message, Instant now);
  void On(const BusConnected& event, Instant now);
  void On(const BusDisconnected& event, Instant now);

  void OnRequest(const BusMessage& message);
  void OnDecided(const BusMessage& message);
  void OnConfig(const BusMessage& message);
  void OnLeave(const BusMessage& message);
  void OnClock(const BusMessage& message, Instant now);
  void Reject(const BusMessage& message, const Failure& failure);
  void RefuseConfig(std::uint32_t tag);

  void Begin(const GroupStart::Start& start);
  /// Undecided ticks wait in the ring, and can be offered from there.
  bool OffersAgain() const;
  /// Tells the group if it is news.
  void SetCameraUp(bool up);
  bool BatchIsFull() const;
  std::unique_ptr<ViewSender> MakeSender();
  void SendMap(const SampleId& sample, const FeatureMap& map);
  void ReadSource();
  /// Logs once that no edge agent has said when ticks begin.
  void TellWaiting(Instant now);
  void AskTheTime(Instant now);
  /// \return whether the bus took it; else it is counted.
  bool Send(OutgoingMessage message);

  const DeviceOptions options_;
  const Network& network_;
  const Codec codec_;
  Bus* const bus_;
  ViewSource* const source_;
  DeviceMetrics& metrics_;

  const std::string feature_topic_;
  const std::string request_topic_;
  const std::string decided_topic_;
  const std::string config_topic_;
  const std::string leave_topic_;
  const std::string clock_topic_;
  const std::string clock_answer_topic_;

  Presence presence_;
  AgentCounters& counters_ = presence_.counters();
  GroupStart start_;
  bool begun_ = false;                  // ticks, on this connection
  std::optional<Instant> waits_since_;  // connected, and not begun
  bool waiting_told_ = false;
  std::optional<std::uint32_t> refused_tag_;  // of the last config refused
  TickRing ring_;
  Instant batch_due_{};  // meaningful while sender_ holds ticks
  std::optional<Ending> ending_;

  ClockProbe clock_probe_;
  std::uint64_t& ticks_ = counters_["ticks"];
  std::uint64_t& views_ = counters_["views"];
  std::uint64_t& stale_ticks_ = counters_["stale_ticks"];
  std::uint64_t& ticks_offered_again_ = counters_["ticks_offered_again"];
  std::uint64_t& content_bytes_ = counters_["content_bytes"];
  std::uint64_t& map_not_in_ring_ = counters_["map_not_in_ring"];
  std::uint64_t& inbox_dropped_ = counters_["inbox_dropped"];

  std::unique_ptr<ViewSender> sender_;
  PreviewSender preview_;
};

}  // namespace ddnn

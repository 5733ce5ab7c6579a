#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/fusion/coordinator.h"
#include "core/nn/tree.h"
#include "core/wire/info_pacer.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "edge_agent/backlog.h"
#include "edge_agent/claims.h"
#include "edge_agent/config.h"
#include "edge_agent/group_publisher.h"
#include "edge_agent/metrics.h"

namespace ddnn {

/// What an edge agent does with each event of its bus, and when time passes:
/// messages become calls of the coordinator, its actions become messages.
///
/// The group opens when every device has an agent, or `open_after_ms` after the
/// first connection: then the schedule is made and published, and the
/// coordinator begins. Nothing that arrives can stop the pipeline: what is
/// wrong is counted as `rejected_<reason>` and dropped.
/// Thread-safety: none; one thread feeds it.
class EdgePipeline {
 public:
  /// Adds its subscriptions and its will to the bus, which starts afterwards.
  ///
  /// \param bus, metrics  borrowed; outlive the pipeline.
  /// \param boot  tells this run from others: the unix time in seconds.
  /// \param offload  what the group's devices send; what they send otherwise is
  ///     counted as `rejected_wrong_offload`.
  EdgePipeline(EdgeConfig config, std::shared_ptr<const Network> network,
               Bus* bus, EdgeMetrics* metrics, std::uint32_t boot,
               Offload offload = Offload::kNone);

  void OnEvent(const BusEvent& event, Instant now);
  void OnTime(Instant now);
  /// When OnTime() must be called, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// Ends what is in flight and publishes that, and the last counters. What the
  /// bus has no room for goes out by OnTime(), until idle().
  void Stop(Instant now);
  /// Nothing waits to be sent.
  bool idle() const { return publisher_.idle(); }

  /// Messages that the inbox had to drop until now.
  void SetInboxDropped(std::uint64_t dropped) {
    counters_["inbox_dropped"] = dropped;
  }

  /// Why there is no point in going on; nothing while there is.
  const std::optional<Failure>& gave_up() const { return gave_up_; }
  const AgentCounters& counters() const { return counters_; }
  bool open() const { return coordinator_ != nullptr; }

 private:
  void On(const BusMessage& message, Instant now);
  void On(const BusConnected& connected, Instant now);
  void On(const BusDisconnected& disconnected, Instant now);
  void OnState(std::string_view agent, const std::string& payload, Instant now);
  void Apply(const std::string& agent, const Claims::Change& change,
             Instant now);
  void OnCamera(int device, const std::string& agent, Instant now);
  void OnScores(int device, const std::string& payload, Instant now);
  void OnOffload(int device, const std::string& payload, Instant now);
  void Gather(int device, const std::vector<TickScores>& ticks, Instant now);
  void OnMap(int device, const std::string& payload, Instant now);
  void OnCloudAnswer(const std::string& payload, Instant now);
  void Reject(std::string_view reason);
  void SetAlive(int device, bool alive, Instant now);
  void OpenIfDue(Instant now);
  void SendInfo(const std::optional<std::string>& payload);
  OutgoingMessage StateMessage(bool online) const;

  const EdgeConfig config_;
  std::shared_ptr<const Network> network_;
  Codec codec_;
  AgentTopics topics_;
  Bus* bus_;
  EdgeMetrics& metrics_;
  std::uint32_t boot_;
  const Offload offload_;
  AgentCounters counters_;
  Backlog backlog_;
  GroupPublisher publisher_;
  Claims claims_;
  InfoPacer info_;
  std::unique_ptr<Coordinator> coordinator_;  // once the group is open
  std::optional<Instant> open_at_;            // until then
  std::optional<Instant> doubt_until_;
  std::optional<Failure> gave_up_;
  bool counters_moved_ = false;
};

}  // namespace ddnn

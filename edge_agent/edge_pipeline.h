#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bus/bus.h"
#include "core/fusion/coordinator.h"
#include "core/fusion/device_set.h"
#include "core/nn/tree.h"
#include "core/wire/wire.h"
#include "edge_agent/config.h"
#include "edge_agent/group_publisher.h"
#include "edge_agent/membership.h"
#include "edge_agent/metrics.h"
#include "edge_agent/presence.h"
#include "edge_agent/sequence_watch.h"

namespace ddnn {

/// What the group's lead does with each event of its bus, and when time passes:
/// messages become calls of the coordinator, its actions become messages.
///
/// The group opens when every device and every branch has an agent, or
/// `open_after_ms` after the first connection: then the schedule is made and
/// published, and the coordinator begins. What devices below a branch say comes
/// relayed by it, also what they said before they went; their own messages are
/// the branch's to hear. Nothing that arrives can stop the pipeline: what is
/// wrong is counted as `rejected_<kind>_<reason>` and dropped.
/// Thread-safety: none; one thread feeds it.
class EdgePipeline {
 public:
  /// Adds its subscriptions and its will to the bus, which starts afterwards.
  ///
  /// \param tree  of the network's bundle; this agent takes its lead's place.
  ///     What devices send otherwise than it says is counted as
  ///     `rejected_<kind>_wrong_offload`.
  /// \param bus, metrics  borrowed; outlive the pipeline.
  /// \param boot  tells this run from others: the unix time in seconds.
  EdgePipeline(EdgeConfig config, std::shared_ptr<const Network> network,
               Tree tree, Bus* bus, EdgeMetrics* metrics, std::uint32_t boot);

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
    presence_.counters()["inbox_dropped"] = dropped;
  }

  /// Why there is no point in going on; nothing while there is.
  const std::optional<Failure>& gave_up() const { return presence_.gave_up(); }
  const AgentCounters& counters() const { return presence_.counters(); }
  bool open() const { return coordinator_ != nullptr; }

 private:
  void On(const BusMessage& message, Instant now);
  void On(const BusConnected& connected, Instant now);
  void On(const BusDisconnected& disconnected, Instant now);
  void OnNode(int node, MessageKind kind, const std::string& payload,
              Instant now);
  void OnBrokerStats(const BusMessage& message);
  void OnClock(std::string_view agent, const std::string& payload, Instant now);
  void Apply(const std::vector<Membership::Change>& changes, Instant now);
  void OnScores(int device, MessageKind kind, const std::string& payload,
                Instant now);
  void OnOffload(int device, const std::string& payload, Instant now);
  void Gather(int device, MessageKind kind,
              const std::vector<TickScores>& ticks, Instant now);
  void OnEdgeSums(int edge, const std::string& payload, Instant now);
  void OnMap(int node, MessageKind kind, const std::string& payload,
             Instant now);
  void OnCloudAnswer(const std::string& payload, Instant now);
  /// Counts what the coordinator did not take.
  void CountRefusal(MessageKind kind, const Status& status,
                    const char* unwanted);
  /// Counts what a node's sequence numbers tell.
  void NoteSequence(int node, MessageKind kind, std::uint32_t sequence);
  void NoteResults(const std::vector<Action>& actions, Instant now);
  /// "gone": it has no agent; "camera": that delivers nothing; "silent".
  std::string WhyMissing(int device) const;
  void OpenIfDue(Instant now);
  bool IsDevice(int node) const {
    return node < network_->bundle().device_count();
  }

  const EdgeConfig config_;
  const std::shared_ptr<const Network> network_;
  const Tree tree_;
  Codec codec_;
  EdgeMetrics& metrics_;
  DeviceSet below_branches_;
  std::vector<int> branches_;  // nodes whose sections branches run
  Presence presence_;
  GroupPublisher publisher_;
  Membership members_;
  std::vector<SequenceWatch> sequences_;      // by node
  std::unique_ptr<Coordinator> coordinator_;  // once the group is open
  std::optional<Instant> open_at_;            // until then
};

}  // namespace ddnn

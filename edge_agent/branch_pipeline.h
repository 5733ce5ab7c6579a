#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/fusion/branch.h"
#include "core/nn/tree.h"
#include "core/wire/wire.h"
#include "edge_agent/config.h"
#include "edge_agent/edge_presence.h"
#include "edge_agent/membership.h"
#include "edge_agent/metrics.h"

namespace ddnn {

/// What an edge agent that is not its group's lead does with each event of its
/// bus: it relays what its devices say to the lead, gathers their maps when the
/// lead asks for them, and answers with its section's sums and map.
///
/// It hears what all of the group say, and passes over what is not its
/// devices'. It decides nothing and takes its schedule from the lead's
/// `config`. Nothing that arrives can stop the pipeline, but the lead's
/// `leave`: what is wrong is counted as `rejected_<kind>_<reason>` and dropped.
/// Thread-safety: none; one thread feeds it.
class BranchPipeline {
 public:
  /// Adds its subscriptions and its will to the bus, which starts afterwards.
  ///
  /// \param tree   of the network's bundle.
  /// \param place  this agent's name in it: an edge's that is not the lead.
  /// \param bus, metrics  borrowed; outlive the pipeline.
  /// \param boot  tells this run from others: see CountBoot().
  BranchPipeline(EdgeConfig config, std::shared_ptr<const Network> network,
                 Tree tree, const std::string& place, Bus* bus,
                 EdgeMetrics* metrics, std::uint32_t boot);

  void OnEvent(const BusEvent& event, Instant now);
  void OnTime(Instant now);
  /// When OnTime() must be called, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// Publishes the last counters.
  void Stop(Instant now);
  /// Nothing waits to be sent.
  bool idle() const { return presence_.backlog().empty(); }

  /// Messages that the inbox had to drop until now.
  void SetInboxDropped(std::uint64_t dropped) {
    presence_.counters()["inbox_dropped"] = dropped;
  }

  /// Why there is no point in going on; nothing while there is.
  const std::optional<Failure>& gave_up() const { return presence_.gave_up(); }
  const AgentCounters& counters() const { return presence_.counters(); }

 private:
  void On(const BusMessage& message, Instant now);
  void On(const BusConnected& connected, Instant now);
  void On(const BusDisconnected& disconnected, Instant now);
  void OnLeave(const std::string& payload);
  void OnConfig(const std::string& payload);
  void OnDecided(const std::string& payload);
  void OnRequest(const std::string& payload, Instant now);
  void OnEdgeRequest(const std::string& payload);
  void OnScores(int device, std::string_view agent, const std::string& payload,
                Instant now);
  void OnMap(int device, const std::string& payload);
  void Apply(const std::vector<Membership::Change>& changes);
  /// Acts on the branch's deadlines that have passed.
  void EndWaits(Instant now);
  void CarryOut();
  void Do(const SendSums& send);
  void Do(const SendMap& send);
  /// Sends a message of QoS 0.
  void Send(std::string topic, std::string payload);

  const EdgeConfig config_;
  const std::shared_ptr<const Network> network_;
  const Tree tree_;
  const Place& place_;  // of tree_
  Codec codec_;
  GroupTopics topics_;
  EdgeMetrics& metrics_;
  EdgePresence presence_;
  Membership members_;
  Branch branch_;
  std::uint32_t sequence_ = 0;
  Instant flush_due_{};
};

}  // namespace ddnn

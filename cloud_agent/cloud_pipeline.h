#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "cloud_agent/config.h"
#include "cloud_agent/metrics.h"
#include "core/agent/presence.h"
#include "core/bus/bus.h"
#include "core/nn/network.h"
#include "core/nn/tree.h"
#include "core/wire/wire.h"

namespace ddnn {

/// What a cloud agent does with each event of its bus: a self-contained ask
/// becomes an answer to the edge that sent it.
///
/// Stateless, so any number of agents share the asks (shared subscription).
/// Nothing that arrives can stop the pipeline: what is wrong is counted as
/// `rejected_<kind>_<reason>` and dropped.
/// Thread-safety: none; one thread feeds it.
class CloudPipeline {
 public:
  /// Adds its subscription and its will to the bus, which starts afterwards.
  ///
  /// \param bus, metrics  borrowed; outlive the pipeline.
  /// \param boot  tells this run from others, see CountBoot().
  /// \param offload  what asks carry: maps, or views for all sections; others
  ///     are counted as `rejected_ask_wrong_offload`.
  CloudPipeline(const CloudConfig& config,
                std::shared_ptr<const Network> network, Bus* bus,
                CloudMetrics* metrics, std::uint32_t boot,
                Offload offload = Offload::kNone);

  void OnEvent(const BusEvent& event, Instant now);
  void OnTime(Instant now);
  /// When OnTime() must be called, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// Publishes the last counters.
  void Stop(Instant now);
  /// Nothing waits to be sent.
  static bool idle() { return true; }

  /// Messages that the inbox had to drop until now.
  void SetInboxDropped(std::uint64_t dropped) {
    presence_.counters()["inbox_dropped"] = dropped;
  }

  /// Why there is no point in going on; nothing while there is.
  const std::optional<Failure>& gave_up() const { return presence_.gave_up(); }
  const AgentCounters& counters() const { return presence_.counters(); }

 private:
  void On(const BusMessage& message);
  void On(const BusConnected& /*connected*/) { presence_.OnConnected(); }
  void On(const BusDisconnected& disconnected) {
    presence_.OnDisconnected(disconnected);
  }
  Result<CloudAnswer> Answer(const CloudAsk& ask);
  void Reject(MessageKind kind, std::string_view reason);
  void Send(OutgoingMessage message);

  std::shared_ptr<const Network> network_;
  Codec codec_;
  Bus* bus_;
  CloudMetrics& metrics_;
  const Offload offload_;
  Presence presence_;
};

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <string>

#include "core/base/counters.h"
#include "core/nn/network.h"
#include "core/wire/wire.h"
#include "device_agent/metrics.h"
#include "device_agent/tick_ring.h"
#include "device_agent/view_sender.h"

namespace ddnn {

/// Runs the device section on each view: sends its class sums, and keeps them
/// and its feature map in the ring.
class ScoreSender final : public ViewSender {
 public:
  /// Network, ring, counters and metrics are borrowed and outlive the sender.
  /// \param topic  `score/<agent>`.
  ScoreSender(const Network& network, int device, std::string topic, Sink sink,
              TickRing* ring, AgentCounters* counters, DeviceMetrics* metrics);

  void Add(const TickViews& views) override;
  std::size_t ticks() const override { return batch_.ticks.size(); }
  bool full() const override;
  void Send() override;
  void Clear() override;
  bool keeps() const override { return true; }
  std::size_t OfferAgain() override;

 private:
  /// Precondition: not full().
  void Put(TickScores scores);

  const Network& network_;
  const Codec codec_;
  const int device_;
  const std::string topic_;
  const Sink sink_;
  TickRing& ring_;
  DeviceMetrics& metrics_;
  std::uint64_t& content_bytes_;
  ScoreMessage batch_;
  std::size_t batch_views_ = 0;
};

}  // namespace ddnn

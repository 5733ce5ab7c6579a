#pragma once

#include <cstdint>
#include <string>

#include "core/base/counters.h"
#include "core/nn/tree.h"
#include "core/wire/wire.h"
#include "device_agent/metrics.h"
#include "device_agent/view_sender.h"

namespace ddnn {

/// Sends the views themselves, raw or as JPEG, and computes nothing: the
/// baseline that DDNN is compared to (hierarchy a).
///
/// No message grows beyond kPayloadLimitBytes: a batch is cut before. Views of
/// one tick that do not fit into a message are left out and counted.
class OffloadSender final : public ViewSender {
 public:
  /// How pixels leave.
  struct Encoding {
    Offload offload = Offload::kNone;  ///< of a sender: kRaw or kJpeg
    int jpeg_quality = 90;             ///< of kJpeg
  };

  /// Bundle, counters and metrics are borrowed and outlive the sender.
  /// \param topic  `offload/<agent>`.
  OffloadSender(const Bundle& bundle, const Encoding& encoding,
                std::string topic, Sink sink, AgentCounters* counters,
                DeviceMetrics* metrics);

  void Add(const TickViews& views) override;
  std::size_t ticks() const override { return batch_.ticks.size(); }
  bool full() const override;
  void Send() override;
  void Clear() override;
  bool keeps() const override { return false; }
  std::size_t OfferAgain() override { return 0; }

 private:
  const Codec codec_;
  const Encoding encoding_;
  const std::string topic_;
  const Sink sink_;
  DeviceMetrics& metrics_;
  std::uint64_t& content_bytes_;
  std::uint64_t& views_left_out_;
  OffloadMessage batch_;
  std::size_t batch_bytes_ = 0;    // of the payload, without what is fixed
  std::size_t batch_content_ = 0;  // of the encoded views
};

}  // namespace ddnn

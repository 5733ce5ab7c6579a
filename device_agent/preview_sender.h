#pragma once

#include <optional>
#include <string>

#include "core/bus/bus.h"
#include "core/vision/view_source.h"
#include "device_agent/view_sender.h"

namespace ddnn {

/// Publishes a picture of what the camera sees now and then, as a JPEG of one
/// view, where the operator switched that on (`preview.period_ms`): pixels
/// leave the device then. That is said loudly at the start.
///
/// No part of the network: nothing waits for it, and QoS 0 and kExpiry keep old
/// pictures from being shown late.
/// Thread-safety: none.
class PreviewSender {
 public:
  static constexpr int kJpegQuality = 90;
  static constexpr std::chrono::seconds kExpiry{5};

  /// \param period  between two pictures at least; 0 = never any.
  /// \param topic   `preview/<agent>`.
  PreviewSender(milliseconds period, std::string topic, ViewSender::Sink sink);

  /// Sends the first of these views, if there is one and it is time.
  void OnViews(const TickViews& views, Instant now);

 private:
  const milliseconds period_;
  const std::string topic_;
  const ViewSender::Sink sink_;
  std::optional<Instant> last_;
};

}  // namespace ddnn

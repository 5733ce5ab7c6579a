#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/bus/bus.h"
#include "core/telemetry/stage_timer.h"
#include "core/vision/view_source.h"
#include "core/wire/wire.h"
#include "device_agent/metrics.h"

namespace ddnn {

/// One way in which a tick's views leave the device: as class sums
/// (ScoreSender) or as pixels (OffloadSender), a tick or a batch of them in a
/// message.
/// Thread-safety: none.
class ViewSender {
 public:
  /// Gives a message to the bus.
  /// \return whether the bus took it.
  using Sink = std::function<bool(OutgoingMessage)>;

  ViewSender() = default;
  virtual ~ViewSender() = default;
  ViewSender(const ViewSender&) = delete;
  ViewSender& operator=(const ViewSender&) = delete;

  /// Takes a tick into the batch; sends first what is in it, if the two do not
  /// fit into one message.
  virtual void Add(const TickViews& views) = 0;
  /// Ticks in the batch.
  virtual std::size_t ticks() const = 0;
  /// Another tick might not fit into the batch's message.
  virtual bool full() const = 0;
  /// Sends the batch and begins the next. Precondition: ticks() > 0.
  virtual void Send() = 0;
  /// Forgets the batch.
  virtual void Clear() = 0;

  /// Whether what was sent is kept until it is decided, so that OfferAgain()
  /// can send it anew.
  virtual bool keeps() const = 0;
  /// Sends all that is not decided, oldest first, in as few messages as it
  /// takes; what is in the batch is among it. Precondition: keeps().
  /// \return how many ticks.
  virtual std::size_t OfferAgain() = 0;
};

/// For what belongs to one tick or a few: QoS 0 with a topic alias.
inline OutgoingMessage TickMessage(const std::string& topic,
                                   std::string payload) {
  return {.topic = topic, .payload = std::move(payload), .alias = true};
}

/// A message's bytes; the time it takes is measured.
template <typename Message>
std::string TimedEncode(const Codec& codec, const Message& message,
                        DeviceMetrics* metrics) {
  const StageTimer timer(metrics->encode);
  return codec.Encode(message);
}

}  // namespace ddnn

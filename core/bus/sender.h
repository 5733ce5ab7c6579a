#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "core/base/retry.h"
#include "core/bus/bus.h"
#include "core/bus/outbox.h"
#include "core/bus/packet.h"

namespace ddnn {

/// What the broker allows on a connection, by its CONNACK.
struct BrokerLimits {
  std::uint16_t topic_aliases = 0;
  std::size_t receive_maximum = 65535;  ///< QoS 1 messages in flight
  std::size_t packet_bytes = kPacketLimitBytes;
};

/// The way out of a bus: sizes, topic aliases, the window of QoS 1 messages,
/// and what was counted, over one connection after another.
/// Thread-safety: all members from any thread; Acknowledge() never waits for a
/// call of the link.
class Sender {
 public:
  /// Hands a packet to the network without waiting for it.
  /// \param id  for Acknowledge(), of QoS 1 messages.
  using Link = std::function<Status(const OutgoingMessage& message,
                                    AliasUse use, std::uint64_t id)>;

  /// A connection is ready: all that waits for one may go out by Pump().
  /// \return its number: 1, 2, ...
  std::uint32_t Open(Link link, const BrokerLimits& limits);
  /// It is no more: nothing goes out.
  void Close();
  /// After Close(), once no acknowledgement can come any more: what there was
  /// none for waits for the next connection, but for messages of the last one
  /// alone, which leave as BusDisconnected::unsent.
  std::vector<OutgoingMessage> TakeBack();

  /// As Bus::Publish().
  Result<std::size_t> Take(OutgoingMessage message);
  /// Sends what waits, as far as the window allows.
  void Pump();
  /// The broker has answered for a QoS 1 message: taken, or refused.
  void Acknowledge(std::uint64_t id, bool taken);
  /// True if no QoS 1 message waits or is in flight.
  bool idle() const;
  /// What was sent, and what waits; the rest is left to the bus.
  BusStats stats() const;

 private:
  Status Send(const OutgoingMessage& message, std::uint64_t id);
  void PumpLocked();

  std::mutex link_mutex_;  // guards the next four, and the order of packets
  Link link_;              // none while there is no connection
  std::uint32_t connection_ = 0;  // number of the last one
  AliasTable aliases_;
  std::size_t packet_limit_ = kPacketLimitBytes;

  // Taken after link_mutex_, and never held while the link is called.
  mutable std::mutex mutex_;  // guards the rest
  Outbox outbox_{kOutboxCapacity};
  BusStats stats_;
  LogLimiter refusals_;
};

}  // namespace ddnn

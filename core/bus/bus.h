#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/counters.h"
#include "core/base/message_kind.h"
#include "core/base/result.h"

namespace ddnn {

enum class Qos : std::uint8_t { kAtMostOnce = 0, kAtLeastOnce = 1 };

/// A message that arrived.
struct BusMessage {
  std::string topic;
  std::string payload;
  bool retained = false;  ///< it was waiting at the broker, it is not news
};

/// A message to send.
struct OutgoingMessage {
  std::string topic;
  std::string payload;
  Qos qos = Qos::kAtMostOnce;
  bool retain = false;
  /// Send the topic's name once a connection and a two-byte alias from then
  /// on. For topics with many small messages; as many as the broker allows.
  bool alias = false;
  /// The broker drops the message if it cannot deliver it within this time.
  std::optional<std::chrono::seconds> expiry{};
  /// "application/json" also sets the payload format; empty = none.
  std::string content_type{};
  /// The only connection that it may go out in, see BusConnected; 0 = any. In
  /// others it is refused, and BusDisconnected gives it back.
  std::uint32_t connection = 0;
};

/// The broker is there and all subscriptions have been made (again).
struct BusConnected {
  std::uint32_t connection = 0;  ///< its number: 1, 2, ...
};

/// Why a connection to the broker came to its end.
enum class DisconnectCause : std::uint8_t {
  kBroken,          ///< the network's doing, or silence
  kClosedByBroker,  ///< the broker said so
};
inline constexpr std::array kDisconnectCauses{DisconnectCause::kBroken,
                                              DisconnectCause::kClosedByBroker};
/// "broken", "closed_by_broker".
std::string_view Name(DisconnectCause cause);

/// The broker is gone; the bus keeps trying unless `final`.
struct BusDisconnected {
  std::string reason;                  ///< for logs
  bool final = false;                  ///< retrying cannot help: see `error`
  Error error = Error::kNotConnected;  ///< kRefused: login, ACL, or taken over
  DisconnectCause cause = DisconnectCause::kBroken;
  /// QoS 1 messages of this connection alone that were not acknowledged: in
  /// order, with what is left of their time. They are the owner's again.
  std::vector<OutgoingMessage> unsent{};
};

using BusEvent = std::variant<BusMessage, BusConnected, BusDisconnected>;

/// Largest MQTT packet that we send or let the broker send us; broker/ sets the
/// same limit. Room for the largest payload of core/wire, a topic and
/// properties.
inline constexpr std::size_t kPacketLimitBytes = 300'000;

/// QoS 1 messages that a bus holds at most while they wait for the broker.
inline constexpr std::size_t kOutboxCapacity = 1000;

/// Packets, as they passed the socket.
struct Traffic {
  std::uint64_t messages = 0;  ///< repeats included
  std::uint64_t payload_bytes = 0;
  std::uint64_t mqtt_bytes = 0;  ///< whole packets

  void Add(std::size_t payload, std::size_t packet) {
    ++messages;
    payload_bytes += payload;
    mqtt_bytes += packet;
  }
};

/// Traffic of one bus since its construction: all packets but CONNECT, CONNACK
/// and PINGs. What is not a PUBLISH is of MessageKind::kControl.
struct BusStats {
  ByKind<Traffic> sent;
  ByKind<Traffic> received;
  std::uint64_t expired = 0;  ///< taken, but not sent in time
  std::uint64_t refused = 0;  ///< by the broker
  std::array<std::uint64_t, kDisconnectCauses.size()> reconnects{};
  /// QoS 1 messages that the broker has not acknowledged.
  std::size_t queue_messages = 0;
  std::size_t queue_bytes = 0;  ///< their payloads
};

/// Notes them among an agent's counters, those that are not 0:
/// `{sent,received}_<kind>_{messages,payload_bytes,mqtt_bytes}`,
/// `reconnects_<cause>`, `unsent_expired`, `unsent_refused`.
/// Thread-safety: none.
class StatsNotes {
 public:
  /// \param counters  borrowed; nothing is ever erased from it.
  explicit StatsNotes(AgentCounters* counters) : counters_(*counters) {}

  /// For each event: some nanoseconds a kind.
  void Note(const BusStats& stats);

 private:
  /// Where a kind's counters are, once they are there.
  struct Place {
    std::uint64_t* messages = nullptr;
    std::uint64_t* payload_bytes = nullptr;
    std::uint64_t* mqtt_bytes = nullptr;
  };
  void Note(const ByKind<Traffic>& traffic, const char* direction,
            ByKind<Place>* places);

  AgentCounters& counters_;
  ByKind<Place> sent_;
  ByKind<Place> received_;
};

/// Counts a message that Publish() refused and that is given up:
/// `unsent_offline`, `unsent_queue_full`, `unsent_oversized`.
void CountUnsent(Error error, AgentCounters* counters);

/// Moves bytes between agents; knows nothing of their meaning.
///
/// Events reach the sink on a thread of the bus: it must only hand over (push
/// to a queue), never block, publish or throw.
/// Thread-safety: Publish() and stats() from any thread; the rest from one.
class Bus {
 public:
  using Sink = std::function<void(BusEvent)>;

  virtual ~Bus() = default;

  /// Adds a subscription; made at each connect. Call before Start().
  virtual void Subscribe(std::string filter, Qos qos) = 0;

  /// The message that the broker publishes for us should we vanish, and that
  /// Stop() publishes too. Call before Start().
  virtual void SetWill(OutgoingMessage will) = 0;

  /// Begins to connect, and to reconnect for ever after with jittered backoff.
  /// The sink hears BusConnected before any message of a connection.
  virtual void Start(Sink sink) = 0;

  /// Sends without waiting.
  /// \return whole packet bytes; kNotConnected (QoS 0 while there is no
  ///     broker, and what may go out in another connection alone), kQueueFull
  ///     (the window of QoS 1 messages awaiting the broker's acknowledgement,
  ///     which also holds those sent while offline), kOversized (beyond
  ///     kPacketLimitBytes). What was not taken is the caller's to keep or to
  ///     count.
  virtual Result<std::size_t> Publish(OutgoingMessage message) = 0;

  /// Flushes what was taken (bounded wait), publishes the will's message,
  /// disconnects. No event after it returns.
  virtual void Stop() = 0;

  virtual BusStats stats() const = 0;
};

/// Bytes of a whole MQTT 5 PUBLISH packet.
///
/// \param topic_bytes       0 once an alias stands for the topic.
/// \param property_bytes    of all properties together, without their length.
std::size_t PublishPacketBytes(std::size_t topic_bytes,
                               std::size_t payload_bytes, Qos qos,
                               std::size_t property_bytes);

}  // namespace ddnn

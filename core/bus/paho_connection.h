#pragma once

#include <mqtt/async_client.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bus/bus.h"
#include "core/bus/mqtt_config.h"
#include "core/bus/packet.h"
#include "core/bus/sender.h"

namespace ddnn {

/// The final end that names the client whose place another has taken.
BusDisconnected TakenOver(const std::string& broker,
                          const std::string& client_id);

/// One connection to a broker, from CONNECT to its end: the only class that
/// speaks with Paho.
///
/// Each connection has a client of its own, since a client that reconnects
/// would first send what it had buffered, with aliases that are no more. Let
/// the old connection go before the new one is made: the last client's end
/// stops Paho's two threads (0.2 s), and only threads that have just started
/// connect at once (0.1 s); others look for it once a second.
/// Thread-safety: Send() from any thread, one at a time; the rest from one.
class PahoConnection {
 public:
  /// Hears of the connection on Paho's threads, with Paho's lock held: it must
  /// not wait, nor call the connection.
  class Observer {
   public:
    enum class Direction : std::uint8_t { kSent, kReceived };

    virtual ~Observer() = default;
    virtual void OnConnected(const BrokerLimits& limits) = 0;
    virtual void OnPeeked() = 0;
    virtual void OnSubscribed() = 0;
    /// \param packet_bytes  of the whole PUBLISH.
    virtual void OnMessage(BusMessage message, std::size_t packet_bytes) = 0;
    /// The broker has answered for a QoS 1 message: taken, or refused.
    virtual void OnAcknowledged(std::uint64_t id, bool taken) = 0;
    /// A packet that is no PUBLISH has passed; not CONNECT, CONNACK nor a PING.
    virtual void OnControl(Direction direction, std::size_t packet_bytes) = 0;
    /// It could not be made, or is no more. May come more than once.
    virtual void OnEnded(BusDisconnected end) = 0;
  };

  PahoConnection(const MqttConfig& config, std::string client_id,
                 Observer* observer);
  /// No call to the observer is under way or follows.
  ~PahoConnection();
  PahoConnection(const PahoConnection&) = delete;
  PahoConnection& operator=(const PahoConnection&) = delete;

  /// Begins to connect, with a clean session; the observer hears the outcome.
  Status Connect(const std::optional<OutgoingMessage>& will);

  /// Begins to fetch what is retained on a topic: OnMessage(), if there is
  /// anything that we may read, then OnPeeked().
  Status Peek(const std::string& topic);

  /// Begins to subscribe, all in one packet. Precondition: not empty.
  Status Subscribe(const std::vector<Subscription>& subscriptions);

  /// Hands a message to Paho, which writes it at once.
  /// \param id  what OnAcknowledged() will say; for QoS 1.
  /// \return kQueueFull if Paho holds too many, kNotConnected.
  Status Send(const OutgoingMessage& message, AliasUse use, std::uint64_t id);

  /// Sends what Paho still holds, then DISCONNECT.
  void Disconnect(std::chrono::milliseconds timeout);

 private:
  class ConnectListener;
  class PeekListener;
  class SubscribeListener;
  class PublishListener;

  void InstallHandlers();

  const MqttConfig config_;
  const std::string client_id_;
  Observer* const observer_;
  std::vector<std::string> filters_;

  std::unique_ptr<mqtt::iaction_listener> on_connect_;
  std::unique_ptr<mqtt::iaction_listener> on_peek_;
  std::unique_ptr<mqtt::iaction_listener> on_subscribe_;
  std::unique_ptr<mqtt::iaction_listener> on_publish_;
  // Last, so that it goes first: its end calls the listeners.
  std::unique_ptr<mqtt::async_client> client_;
};

}  // namespace ddnn

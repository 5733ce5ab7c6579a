#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/bus/mqtt_config.h"

namespace ddnn {

/// Opens a TCP connection to a broker, and closes it again. Waits 3 s at most,
/// and as long as the resolver takes for the host's name.
/// \return how long it took; kNotFound if nobody knows the host's name,
///     kNotConnected if it refuses or is silent; the message has the remedy.
Result<std::chrono::nanoseconds> ReachBroker(const BrokerAddress& address);

/// One connection to a broker that asks what it allows; for diagnosis.
///
/// Each call waits for the broker's answer, a few seconds at most. After a
/// failure of Login() no other call may follow.
/// Thread-safety: none.
class BrokerProbe {
 public:
  /// \param client_id  of no agent that may be running.
  /// \throws ConfigError  a URL, certificate or password file that cannot be
  ///     used.
  BrokerProbe(const MqttConfig& config, std::string client_id);
  ~BrokerProbe();
  BrokerProbe(const BrokerProbe&) = delete;
  BrokerProbe& operator=(const BrokerProbe&) = delete;

  /// Connects with MQTT 5.
  /// \return kRefused: the protocol's version, or the login; kNotConnected:
  ///     no MQTT there, or not the same TLS.
  Status Login();

  /// Publishes an empty message with QoS 1.
  /// \return kRefused if the broker's rights forbid it, kNotConnected.
  Status Write(const std::string& topic);

  /// Subscribes, and publishes an empty message that must come back.
  /// \return kRefused if the broker's rights forbid either, kNotConnected.
  Status WriteAndHear(const std::string& topic);

  /// \return what is retained on a topic; nothing if there is nothing, or
  ///     nothing that this login may read.
  Result<std::optional<std::string>> Retained(const std::string& topic);

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace ddnn

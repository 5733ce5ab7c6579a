#pragma once

#include <mqtt/async_client.h>

#include <string>

#include "core/bus/bus.h"
#include "core/bus/mqtt_config.h"
#include "core/bus/sender.h"

namespace ddnn {

/// What we say in a CONNECT: MQTT 5, a clean session, who we are.
/// \param will  nothing = none.
/// \throws ConfigError  the password file cannot be read.
mqtt::connect_options ConnectOptions(const MqttConfig& config,
                                     const mqtt::const_message_ptr& will);

/// What the broker allows, by its CONNACK.
BrokerLimits LimitsOf(const mqtt::properties& connack);

/// Why there is no connection, and what the operator can do about it; final
/// where another attempt would end the same way.
/// \param return_code, reason_code  as Paho gives them.
BusDisconnected ConnectFailure(const MqttConfig& config,
                               const std::string& client_id, int return_code,
                               int reason_code);

/// An MQTT 5 reason code for people.
std::string ReasonText(int reason_code);

}  // namespace ddnn

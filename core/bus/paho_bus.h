#pragma once

#include <memory>
#include <string>

#include "core/bus/bus.h"
#include "core/bus/mqtt_config.h"

namespace ddnn {

/// Bus over MQTT 5 with Eclipse Paho.
///
/// \param client_id  the agent's id; unique at the broker. If another client
///     takes it over, BusDisconnected is final and says so, instead of the two
///     throwing each other out for ever. (Mosquitto 2.0 does not say so itself;
///     we notice if both have a retained will on the same topic, which we then
///     need the right to read.)
/// \throws ConfigError  a URL, certificate or password file cannot be used.
std::unique_ptr<Bus> MakePahoBus(const MqttConfig& config,
                                 std::string client_id);

}  // namespace ddnn

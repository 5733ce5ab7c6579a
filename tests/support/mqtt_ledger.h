#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace ddnn {

/// Bytes of the whole MQTT 5 packets in one direction of one connection, read
/// off the wire: PUBLISH by topic, whose aliases are followed, all others
/// under "". CONNECT, CONNACK and PINGs are left out, and a packet that is not
/// complete yet.
std::map<std::string, std::size_t> MqttLedger(const std::string& stream);

}  // namespace ddnn

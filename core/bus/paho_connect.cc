#include "core/bus/paho_connect.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ddnn {
namespace {

// How a broker that knows MQTT 3 alone answers.
constexpr int kMqtt3WrongVersion = 1;

bool IsRefusal(int reason_code) {
  switch (reason_code) {
    case mqtt::CLIENT_IDENTIFIER_NOT_VALID:
    case mqtt::BAD_USER_NAME_OR_PASSWORD:
    case mqtt::NOT_AUTHORIZED:
    case mqtt::BANNED:
    case mqtt::BAD_AUTHENTICATION_METHOD:
      return true;
    default:
      return false;
  }
}

template <typename T>
T Property(const mqtt::properties& properties, mqtt::property::code code,
           T otherwise) {
  return properties.contains(code)
             ? static_cast<T>(mqtt::get<std::uint32_t>(properties, code))
             : otherwise;
}

}  // namespace

mqtt::connect_options ConnectOptions(const MqttConfig& config,
                                     const mqtt::const_message_ptr& will) {
  mqtt::connect_options options;
  options.set_mqtt_version(MQTTVERSION_5);
  options.set_clean_start(true);
  options.set_keep_alive_interval(config.keep_alive_s);
  mqtt::properties properties;
  properties.add({mqtt::property::MAXIMUM_PACKET_SIZE,
                  static_cast<std::int32_t>(kPacketLimitBytes)});
  options.set_properties(std::move(properties));
  if (!config.user.empty()) options.set_user_name(config.user);
  if (const auto password = ReadPassword(config); !password.empty()) {
    options.set_password(password);
  }
  if (will) {
    options.set_will(mqtt::will_options(will->get_topic(), will->get_payload(),
                                        will->get_qos(), will->is_retained(),
                                        will->get_properties()));
  }
  if (ParseBrokerUrl(config.url).tls) {
    mqtt::ssl_options tls;
    if (!config.ca_file.empty()) {
      tls.set_trust_store(config.ca_file.string());
    }
    if (!config.cert_file.empty()) {
      tls.set_key_store(config.cert_file.string());
      tls.set_private_key(config.key_file.string());
    }
    tls.set_enable_server_cert_auth(true);
    tls.set_verify(true);
    options.set_ssl(std::move(tls));
  }
  return options;
}

BrokerLimits LimitsOf(const mqtt::properties& connack) {
  using mqtt::property;
  const BrokerLimits standard;
  BrokerLimits limits;
  limits.topic_aliases =
      Property(connack, property::TOPIC_ALIAS_MAXIMUM, standard.topic_aliases);
  limits.receive_maximum =
      Property(connack, property::RECEIVE_MAXIMUM, standard.receive_maximum);
  limits.packet_bytes = std::min(
      standard.packet_bytes,
      Property(connack, property::MAXIMUM_PACKET_SIZE, standard.packet_bytes));
  return limits;
}

BusDisconnected ConnectFailure(const MqttConfig& config,
                               const std::string& client_id, int return_code,
                               int reason_code) {
  // Paho gives the CONNACK's reason code as return code.
  const int refusal = return_code > 0 ? return_code : reason_code;
  if (refusal == kMqtt3WrongVersion ||
      refusal == mqtt::UNSUPPORTED_PROTOCOL_VERSION) {
    return {.reason = fmt::format("the broker {} does not speak MQTT 5; use "
                                  "Mosquitto 2.0, or another that does",
                                  config.url),
            .final = true,
            .error = Error::kRefused};
  }
  if (IsRefusal(refusal)) {
    return {.reason = fmt::format(
                "the broker {} refuses '{}': {}; check mqtt.user and "
                "mqtt.password_file, and the broker's password file",
                config.url, config.user.empty() ? client_id : config.user,
                ReasonText(refusal)),
            .final = true,
            .error = Error::kRefused};
  }
  if (refusal > 0) return {.reason = ReasonText(refusal)};
  return {.reason = ParseBrokerUrl(config.url).tls
                        ? "no broker answers there, or the two do not agree on "
                          "TLS: check mqtt.ca_file, the names in the broker's "
                          "certificate, and its log"
                        : "no broker answers there"};
}

std::string ReasonText(int reason_code) {
  const char* text =
      MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(reason_code));
  return fmt::format("{} (0x{:02x})", text != nullptr ? text : "unknown reason",
                     reason_code);
}

}  // namespace ddnn

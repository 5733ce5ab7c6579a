#include "core/bus/mqtt_config.h"

namespace ddnn {

void AddMqttKeys(ConfigTable* table, MqttConfig* config) {
  table->Text("mqtt.url", &config->url,
              "the broker: mqtt://HOST:PORT, or mqtts:// for TLS");
  table->Text("mqtt.user", &config->user, "user name at the broker");
  table->Path("mqtt.password_file", &config->password_file,
              "its first line is the password");
  table->Path("mqtt.ca_file", &config->ca_file,
              "certificate of the broker's authority (PEM), for mqtts");
  table->Path("mqtt.cert_file", &config->cert_file,
              "this agent's certificate (PEM), for mqtts");
  table->Path("mqtt.key_file", &config->key_file,
              "key of that certificate (PEM), for mqtts");
  table->Integer("mqtt.keep_alive_s", &config->keep_alive_s, 1, 3600,
                 "the broker misses this agent after 1.5 times as long");
}

}  // namespace ddnn

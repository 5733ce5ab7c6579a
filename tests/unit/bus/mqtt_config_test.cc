#include "core/bus/mqtt_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/bus/paho_bus.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Fault(const MqttConfig& config) {
  try {
    MakePahoBus(config, "agent");
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "";
}

std::string Write(const TempFolder& folder, const std::string& name,
                  const std::string& content) {
  std::ofstream(folder / name) << content;
  return folder / name;
}

TEST(ParseBrokerUrlTest, TakesUrlsApart) {
  const auto plain = ParseBrokerUrl("mqtt://broker.local:2000");
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.host, "broker.local");
  EXPECT_EQ(plain.port, 2000);
  EXPECT_EQ(ParseBrokerUrl("mqtt://10.0.0.1").port, 1883);
  EXPECT_EQ(ParseBrokerUrl("mqtts://b").port, 8883);
  EXPECT_TRUE(ParseBrokerUrl("mqtts://b").tls);
  EXPECT_EQ(ParseBrokerUrl("mqtt://[::1]:7").host, "[::1]");
  EXPECT_EQ(ParseBrokerUrl("mqtt://[::1]").port, 1883);
}

TEST(ParseBrokerUrlTest, RefusesEverythingElseByItsKey) {
  for (const auto* url :
       {"", "broker", "broker:1883", "http://broker", "tcp://broker:1883",
        "mqtt://", "mqtt://:1883", "mqtt://b:", "mqtt://b:0", "mqtt://b:65536",
        "mqtt://b:x", "mqtt://b:1883/x", "mqtt://[::1", "mqtt://::1:1883",
        "mqtt://a b"}) {
    try {
      ParseBrokerUrl(url);
      ADD_FAILURE() << url;
    } catch (const ConfigError& e) {
      EXPECT_THAT(e.what(), HasSubstr("mqtt.url = '" + std::string(url) + "'"));
    }
  }
}

TEST(ParseBrokerUrlTest, ALoginIsRefusedAndNotShown) {
  try {
    ParseBrokerUrl("mqtt://me:secret@broker");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("mqtt.url"), HasSubstr("mqtt.user"),
                                Not(HasSubstr("secret"))));
  }
}

TEST(ParseBrokerUrlTest, ATextThatHoldsAZeroByteIsNoHost) {
  EXPECT_THROW(ParseBrokerUrl(std::string("mqtt://a\0b", 10)), ConfigError);
}

TEST(MqttConfigTest, PasswordIsTheFirstLine) {
  const TempFolder folder;
  MqttConfig config;
  config.user = "cam-0";
  config.password_file = Write(folder, "password", "se cret\r\nmore\n");
  EXPECT_EQ(ReadPassword(config), "se cret");
  EXPECT_EQ(ReadPassword(MqttConfig{}), "");
  EXPECT_EQ(Fault(config), "");
}

TEST(MqttConfigTest, FaultsNameTheirKey) {
  const TempFolder folder;
  const std::string pem = Write(folder, "x.pem", "-----BEGIN X-----\n");
  MqttConfig config;
  config.url = "http://broker";
  EXPECT_THAT(Fault(config), HasSubstr("mqtt.url"));

  config = {};
  config.user = "cam-0";
  config.password_file = folder / "missing";
  EXPECT_THAT(Fault(config), HasSubstr("mqtt.password_file"));
  config.password_file = Write(folder, "empty", "\n");
  EXPECT_THAT(Fault(config), HasSubstr("mqtt.password_file"));
  config.password_file = Write(folder, "good", "x");
  config.user = "";
  EXPECT_THAT(Fault(config), HasSubstr("mqtt.user"));

  config = {};
  config.url = "mqtts://broker";
  config.ca_file = folder / "missing";
  EXPECT_THAT(Fault(config), HasSubstr("mqtt.ca_file"));
  config.ca_file = Write(folder, "text", "hello");
  EXPECT_THAT(Fault(config), HasSubstr("not a PEM file"));
  config.ca_file = pem;
  config.cert_file = pem;
  EXPECT_THAT(Fault(config), HasSubstr("mqtt.key_file: missing"));
  config.key_file = pem;
  EXPECT_EQ(Fault(config), "");
  config.url = "mqtt://broker";
  EXPECT_THAT(Fault(config), HasSubstr("no effect without TLS"));
}

}  // namespace
}  // namespace ddnn

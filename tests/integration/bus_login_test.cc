#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "tests/support/bus_listener.h"
#include "tests/support/mosquitto.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

std::string ReadAll(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string Replaced(std::string text, const std::string& what,
                     const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

/// broker/provision.sh and a site's broker that runs with what it made.
class BusLoginTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(Provision("ca"), 0);
    ASSERT_EQ(Provision("broker", "site localhost 127.0.0.1"), 0);
    ASSERT_EQ(Provision("agent", "cam-0 device s1 yard"), 0);
    ASSERT_EQ(Provision("agent", "cam-1 device s1 yard"), 0);
    ASSERT_EQ(Provision("agent", "edge-0 edge s1 yard"), 0);
    std::string site = ReadAll(folder_ / "site.conf");
    site = Replaced(site, "listener 8883", "listener {port} 127.0.0.1");
    plain_port_ = FreePort();
    site = Replaced(site, "listener 1883",
                    "listener " + std::to_string(plain_port_));
    broker_ = std::make_unique<Mosquitto>(site);
  }

  int Provision(const std::string& command, const std::string& rest = "") {
    const std::string line =
        "sh '" + (BrokerFolder() / "provision.sh").string() + "' " + command +
        " '" + folder_.path().string() + "' " + rest + " 2>/dev/null";
    return WEXITSTATUS(
        ::system(line.c_str()));  // NOLINT(concurrency-mt-unsafe)
  }

  MqttConfig ConfigOf(const std::string& agent) {
    MqttConfig config;
    config.url = "mqtts://127.0.0.1:" + std::to_string(broker_->port());
    config.user = agent;
    config.password_file = folder_ / agent / "password";
    config.ca_file = folder_ / agent / "ca.crt";
    config.cert_file = folder_ / agent / "agent.crt";
    config.key_file = folder_ / agent / "agent.key";
    return config;
  }

  TempFolder folder_;
  std::uint16_t plain_port_ = 0;
  std::unique_ptr<Mosquitto> broker_;
};

TEST_F(BusLoginTest, AgentsReachEachOtherOverTls) {
  const GroupTopics topics("s1", "yard");
  BusListener edge_hears;
  const auto edge = MakePahoBus(ConfigOf("edge-0"), "edge-0");
  edge->Subscribe(topics.Score("+"), Qos::kAtMostOnce);
  edge->Start(edge_hears.Sink());
  BusListener device_hears;
  const auto device = MakePahoBus(ConfigOf("cam-0"), "cam-0");
  device->Subscribe(topics.Request(), Qos::kAtMostOnce);
  device->Start(device_hears.Sink());
  ASSERT_TRUE(edge_hears.WaitForConnection());
  ASSERT_TRUE(device_hears.WaitForConnection());

  ASSERT_TRUE(
      device->Publish({.topic = topics.Score("cam-0"), .payload = "1"}));
  ASSERT_TRUE(edge->Publish({.topic = topics.Request(), .payload = "2"}));
  EXPECT_TRUE(edge_hears.WaitForMessages(1));
  EXPECT_TRUE(device_hears.WaitForMessages(1));
  device->Stop();
  edge->Stop();
}

TEST_F(BusLoginTest, AgentCannotWriteTheTopicsOfAnother) {
  const GroupTopics topics("s1", "yard");
  BusListener edge_hears;
  const auto edge = MakePahoBus(ConfigOf("edge-0"), "edge-0");
  edge->Subscribe(topics.Score("+"), Qos::kAtLeastOnce);
  edge->Subscribe(topics.Result(), Qos::kAtLeastOnce);
  edge->Start(edge_hears.Sink());
  BusListener device_hears;
  const auto device = MakePahoBus(ConfigOf("cam-0"), "cam-0");
  device->Start(device_hears.Sink());
  ASSERT_TRUE(edge_hears.WaitForConnection());
  ASSERT_TRUE(device_hears.WaitForConnection());

  for (const auto& topic :
       {topics.Score("cam-1"), topics.Result(), topics.Score("cam-0")}) {
    ASSERT_TRUE(device->Publish(
        {.topic = topic, .payload = "1", .qos = Qos::kAtLeastOnce}));
  }
  ASSERT_TRUE(edge_hears.WaitForMessages(1));
  device->Stop();
  edge->Stop();
  ASSERT_EQ(edge_hears.messages().size(), 1U);
  EXPECT_EQ(edge_hears.messages()[0].topic, topics.Score("cam-0"));
  EXPECT_EQ(device->stats().dropped, 2U);
}

TEST_F(BusLoginTest, WrongPasswordIsFinal) {
  MqttConfig config = ConfigOf("cam-0");
  config.password_file = folder_ / "cam-1" / "password";
  BusListener hears;
  const auto bus = MakePahoBus(config, "cam-0");
  bus->Start(hears.Sink());
  const BusDisconnected end = hears.WaitForFinalEnd();
  EXPECT_TRUE(end.final);
  EXPECT_EQ(end.error, Error::kRefused);
  EXPECT_THAT(end.reason, HasSubstr("mqtt.password_file"));
  bus->Stop();
}

TEST_F(BusLoginTest, BrokerOfAnotherAuthorityIsNotTrusted) {
  const TempFolder other;
  const std::string line = "sh '" + (BrokerFolder() / "provision.sh").string() +
                           "' ca '" + other.path().string() + "'";
  ASSERT_EQ(::system(line.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
  MqttConfig config = ConfigOf("cam-0");
  config.ca_file = other / "ca.crt";
  BusListener hears;
  const auto bus = MakePahoBus(config, "cam-0");
  bus->Start(hears.Sink());
  MqttConfig good = ConfigOf("cam-1");
  BusListener good_hears;
  const auto good_bus = MakePahoBus(good, "cam-1");
  good_bus->Start(good_hears.Sink());
  ASSERT_TRUE(good_hears.WaitForConnection());
  EXPECT_EQ(bus->Publish({.topic = "x", .payload = ""}).error(),
            Error::kNotConnected);
  bus->Stop();
  good_bus->Stop();
}

TEST_F(BusLoginTest, LoopbackListenerNeedsNoLogin) {
  MqttConfig config;
  config.url = "mqtt://127.0.0.1:" + std::to_string(plain_port_);
  BusListener hears;
  const auto bus = MakePahoBus(config, "anybody");
  bus->Subscribe("any/topic", Qos::kAtLeastOnce);
  bus->Start(hears.Sink());
  ASSERT_TRUE(hears.WaitForConnection());
  ASSERT_TRUE(bus->Publish({.topic = "any/topic", .payload = ""}));
  EXPECT_TRUE(hears.WaitForMessages(1));
  bus->Stop();
}

TEST_F(BusLoginTest, ProvisioningReplacesNothingAndRefusesBadNames) {
  EXPECT_EQ(Provision("ca"), 73);
  EXPECT_EQ(Provision("agent", "cam-0 device s1 yard"), 73);
  EXPECT_EQ(Provision("agent", "Cam device s1 yard"), 64);
  EXPECT_EQ(Provision("agent", "cam-2 device s1"), 64);
  EXPECT_EQ(Provision("agent", "cam-2 king s1"), 64);
  EXPECT_EQ(Provision("broker", "site 'a b'"), 64);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cam-2"));
}

}  // namespace
}  // namespace ddnn

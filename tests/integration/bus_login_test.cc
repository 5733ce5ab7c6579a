#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "tests/support/bus_listener.h"
#include "tests/support/mosquitto.h"
#include "tests/support/provision.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

/// broker/provision.sh and a site's broker that runs with what it made.
class BusLoginTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(made_.Run("ca"), 0);
    ASSERT_EQ(made_.Run("broker", "site localhost 127.0.0.1"), 0);
    ASSERT_EQ(made_.Run("agent", "cam-0 device s1 yard"), 0);
    ASSERT_EQ(made_.Run("agent", "cam-1 device s1 yard"), 0);
    ASSERT_EQ(made_.Run("agent", "edge-0 edge s1 yard"), 0);
    plain_port_ = FreePort();
    broker_ = StartSite(made_, plain_port_);
  }

  MqttConfig ConfigOf(const std::string& agent) const {
    return made_.ConfigOf(agent, broker_->port());
  }

  Provision made_;
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
  EXPECT_EQ(device->stats().refused, 2U);
}

TEST_F(BusLoginTest, WrongPasswordIsFinal) {
  MqttConfig config = ConfigOf("cam-0");
  config.password_file = made_ / "cam-1/password";
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
  const Provision other;
  ASSERT_EQ(other.Run("ca"), 0);
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
  EXPECT_EQ(made_.Run("ca"), 73);
  EXPECT_EQ(made_.Run("agent", "cam-0 device s1 yard"), 73);
  EXPECT_EQ(made_.Run("agent", "Cam device s1 yard"), 64);
  EXPECT_EQ(made_.Run("agent", "cam-2 device s1"), 64);
  EXPECT_EQ(made_.Run("agent", "cam-2 king s1"), 64);
  EXPECT_EQ(made_.Run("broker", "site 'a b'"), 64);
  EXPECT_FALSE(std::filesystem::exists(made_ / "cam-2"));
}

TEST(BusBridgeTest, SiteAsksTheCentreAndIsAnswered) {
  const Provision made;
  ASSERT_EQ(made.Run("ca"), 0);
  ASSERT_EQ(made.Run("broker", "centre 127.0.0.1"), 0);
  ASSERT_EQ(made.Run("agent", "bridge-s1 bridge s1"), 0);
  ASSERT_EQ(made.Run("agent", "cloud-0 cloud +"), 0);
  const Mosquitto centre(Replaced(TextOf(made / "centre.conf"), "listener 8883",
                                  "listener {port} 127.0.0.1"));
  std::string bridge = TextOf(BrokerFolder() / "bridge.conf");
  bridge = Replaced(bridge, "SITE", "s1");
  bridge = Replaced(bridge, "CENTRE:8883",
                    "127.0.0.1:" + std::to_string(centre.port()));
  std::string password = TextOf(made / "bridge-s1/password");
  bridge =
      Replaced(bridge, "PASSWORD", password.substr(0, password.find('\n')));
  bridge =
      Replaced(bridge, "/etc/mosquitto/ddnn/centre-ca.crt", made / "ca.crt");
  const Mosquitto site("listener {port} 127.0.0.1\nallow_anonymous true\n" +
                       bridge);

  BusListener edge_hears;
  MqttConfig edge_config;
  edge_config.url = site.url();
  const auto edge = MakePahoBus(edge_config, "edge-0");
  edge->Subscribe(CloudAnswerTopic("s1", "edge-0"), Qos::kAtLeastOnce);
  edge->Start(edge_hears.Sink());
  BusListener cloud_hears;
  const auto cloud =
      MakePahoBus(made.ConfigOf("cloud-0", centre.port()), "cloud-0");
  cloud->Subscribe(SharedCloudAskFilter("+"), Qos::kAtLeastOnce);
  cloud->Start(cloud_hears.Sink());
  ASSERT_TRUE(edge_hears.WaitForConnection());
  ASSERT_TRUE(cloud_hears.WaitForConnection());

  // Again and again, since the bridge may still be on its way.
  const auto carry = [](Bus* from, const std::string& topic, BusListener* to) {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (to->messages().empty() &&
           std::chrono::steady_clock::now() < deadline) {
      EXPECT_TRUE(from->Publish(
          {.topic = topic, .payload = "x", .qos = Qos::kAtLeastOnce}));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return !to->messages().empty();
  };
  EXPECT_TRUE(carry(edge.get(), CloudAskTopic("s1", "edge-0"), &cloud_hears))
      << site.Log() << centre.Log();
  EXPECT_TRUE(carry(cloud.get(), CloudAnswerTopic("s1", "edge-0"), &edge_hears))
      << site.Log() << centre.Log();
  cloud->Stop();
  edge->Stop();
}

}  // namespace
}  // namespace ddnn

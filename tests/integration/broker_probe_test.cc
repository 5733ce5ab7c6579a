#include "core/bus/broker_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "tests/support/bus_listener.h"
#include "tests/support/mosquitto.h"
#include "tests/support/provision.h"
#include "tests/support/tcp_listener.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

MqttConfig ConfigOf(std::uint16_t port) {
  MqttConfig config;
  config.url = "mqtt://127.0.0.1:" + std::to_string(port);
  return config;
}

TEST(ReachBrokerTest, AListenerIsReachedAtAnyAddressOfItsName) {
  const TcpListener listener;
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    const auto took = ReachBroker({.host = host, .port = listener.port()});
    ASSERT_TRUE(took.ok()) << took.message();
    EXPECT_GT(took->count(), 0);
  }
}

TEST(ReachBrokerTest, AClosedPortIsToldFromASilentHost) {
  const auto reached = ReachBroker({.host = "127.0.0.1", .port = FreePort()});
  ASSERT_FALSE(reached.ok());
  EXPECT_EQ(reached.error(), Error::kNotConnected);
  EXPECT_THAT(reached.message(), HasSubstr("no broker runs there"));
}

TEST(ReachBrokerTest, AnUnknownNameIsNamed) {
  const auto reached = ReachBroker({.host = "nowhere.invalid", .port = 1883});
  ASSERT_FALSE(reached.ok());
  EXPECT_EQ(reached.error(), Error::kNotFound);
  EXPECT_THAT(reached.message(), HasSubstr("'nowhere.invalid'"));
}

/// A peer that answers whatever it is sent with `answer`, and hangs up.
class Stranger {
 public:
  explicit Stranger(std::string_view answer)
      : thread_([this, answer] {
          const int connection = listener_.Accept();
          std::array<char, 256> request{};
          (void)!::recv(connection, request.data(), request.size(), 0);
          (void)!::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
          ::close(connection);
        }) {}
  ~Stranger() { thread_.join(); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  std::uint16_t port() const { return listener_.port(); }

 private:
  TcpListener listener_;
  std::thread thread_;
};

TEST(BrokerProbeTest, ABrokerOfMqtt3AloneIsToldSo) {
  using namespace std::string_view_literals;
  const Stranger mqtt3("\x20\x02\x00\x01"sv);  // CONNACK: wrong version
  BrokerProbe probe(ConfigOf(mqtt3.port()), "cam-0-doctor");
  const Status login = probe.Login();
  ASSERT_FALSE(login.ok());
  EXPECT_EQ(login.error(), Error::kRefused);
  EXPECT_THAT(login.message(), HasSubstr("does not speak MQTT 5"));
}

TEST(BrokerProbeTest, AnotherProtocolIsNoBroker) {
  const Stranger web("HTTP/1.0 400 Bad Request\r\n\r\n");
  BrokerProbe probe(ConfigOf(web.port()), "cam-0-doctor");
  const Status login = probe.Login();
  ASSERT_FALSE(login.ok());
  EXPECT_EQ(login.error(), Error::kNotConnected);
}

TEST(BrokerProbeTest, ASilentPeerIsWaitedForNotForEver) {
  const TcpListener silent;
  BrokerProbe probe(ConfigOf(silent.port()), "cam-0-doctor");
  const Status login = probe.Login();
  ASSERT_FALSE(login.ok());
  EXPECT_EQ(login.error(), Error::kNotConnected);
  EXPECT_THAT(login.message(), HasSubstr("is it an MQTT broker?"));
}

/// A site's broker with the rights that provision.sh makes.
class BrokerRightsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(made_.Run("ca"), 0);
    ASSERT_EQ(made_.Run("broker", "site localhost 127.0.0.1"), 0);
    ASSERT_EQ(made_.Run("agent", "cam-0 device s1 yard"), 0);
    ASSERT_EQ(made_.Run("agent", "edge-0 edge s1 yard"), 0);
    ASSERT_EQ(made_.Run("agent", "cloud-0 cloud +"), 0);
    broker_ = StartSite(made_, FreePort());
  }

  std::unique_ptr<BrokerProbe> LoggedIn(const std::string& agent) {
    auto probe = std::make_unique<BrokerProbe>(
        made_.ConfigOf(agent, broker_->port()), agent + "-doctor");
    const Status login = probe->Login();
    EXPECT_TRUE(login.ok()) << login.message();
    return probe;
  }

  Provision made_;
  std::unique_ptr<Mosquitto> broker_;
};

TEST_F(BrokerRightsTest, EachRoleHasItsTopicToTryItsRights) {
  const GroupTopics yard("s1", "yard");
  EXPECT_TRUE(LoggedIn("cam-0")->WriteAndHear(yard.Doctor("device")).ok());
  EXPECT_TRUE(LoggedIn("edge-0")->WriteAndHear(yard.Doctor("edge")).ok());
  EXPECT_TRUE(LoggedIn("cloud-0")->WriteAndHear(CloudDoctorTopic("s1")).ok());
}

TEST_F(BrokerRightsTest, AnotherGroupOrRoleIsRefused) {
  const auto probe = LoggedIn("cam-0");
  for (const auto& topic :
       {GroupTopics("s1", "yard").Doctor("edge"),
        GroupTopics("s1", "hall").Doctor("device"), CloudDoctorTopic("s1")}) {
    EXPECT_EQ(probe->WriteAndHear(topic).error(), Error::kRefused) << topic;
  }
}

TEST_F(BrokerRightsTest, ALoginWritesItsOwnAgentsTopicsAlone) {
  const auto probe = LoggedIn("cam-0");
  EXPECT_TRUE(probe->Write(AgentTopics("s1", "cam-0").Response("doctor")).ok());
  const Status other =
      probe->Write(AgentTopics("s1", "edge-0").Response("doctor"));
  EXPECT_EQ(other.error(), Error::kRefused);
  EXPECT_THAT(other.message(), HasSubstr("agent/edge-0/rsp/doctor"));
}

TEST_F(BrokerRightsTest, WhatMayBeWrittenButNotReadIsNotHeard) {
  const auto probe = LoggedIn("cam-0");
  const Status heard =
      probe->WriteAndHear(GroupTopics("s1", "yard").Score("cam-0"));
  EXPECT_EQ(heard.error(), Error::kRefused);
  EXPECT_THAT(heard.message(), HasSubstr("may not read"));
}

TEST_F(BrokerRightsTest, AWrongPasswordIsRefused) {
  MqttConfig config = made_.ConfigOf("cam-0", broker_->port());
  config.password_file = made_ / "edge-0/password";
  BrokerProbe probe(config, "cam-0-doctor");
  const Status login = probe.Login();
  EXPECT_EQ(login.error(), Error::kRefused);
  EXPECT_THAT(login.message(), HasSubstr("mqtt.password_file"));
}

TEST(BrokerRetainedTest, WhatIsRetainedIsReadAndNothingElse) {
  const Mosquitto broker;
  const auto bus = MakePahoBus(ConfigOf(broker.port()), "writer");
  BusListener hears;
  bus->Start(hears.Sink());
  ASSERT_TRUE(hears.WaitForConnection());
  ASSERT_TRUE(bus->Publish({.topic = "kept",
                            .payload = "this",
                            .qos = Qos::kAtLeastOnce,
                            .retain = true}));
  bus->Stop();

  BrokerProbe probe(ConfigOf(broker.port()), "cam-0-doctor");
  ASSERT_TRUE(probe.Login().ok());
  EXPECT_EQ(probe.Retained("kept").value(), "this");
  EXPECT_EQ(probe.Retained("other").value(), std::nullopt);
  EXPECT_EQ(probe.Retained("kept").value(), "this");
}

}  // namespace
}  // namespace ddnn

// What a running demo's agents show on /metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "cli/demo_config.h"
#include "core/base/file.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/http_get.h"
#include "tests/support/metrics_page.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// The agents of a demo that answers, found by the states they publish.
class MetricsOfADemoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto arguments = world_.Arguments();
    arguments.insert(arguments.end(), {"--samples", "5000", "--rate", "25"});
    demo_ = std::make_unique<RunningDemo>(arguments);
    ASSERT_TRUE(demo_->AwaitAnswers());
    states_ = std::make_unique<Listener>(demo_->broker_url(),
                                         AgentTopics(kDemoSite, "+").State());
    ASSERT_TRUE(states_->AwaitConnection());
  }

  int PortOfAgent(const std::string& agent) {
    const std::string topic = AgentTopics(kDemoSite, agent).State();
    EXPECT_TRUE(Eventually([&] { return !states_->LastOn(topic).empty(); }));
    const auto state = DecodeAgentState(states_->LastOn(topic));
    EXPECT_TRUE(state.ok() && !state->metrics.empty()) << agent;
    return state.ok() ? PortOf(state->metrics) : 0;
  }
  std::string Scrape(const std::string& agent) {
    const HttpAnswer answer = HttpGet(PortOfAgent(agent), "/metrics");
    EXPECT_EQ(answer.status, 200) << agent;
    return answer.body;
  }

  const TinyWorld world_{1};
  std::unique_ptr<RunningDemo> demo_;
  std::unique_ptr<Listener> states_;
};

TEST_F(MetricsOfADemoTest, CountsMoveAndAgree) {
  // A sample moves the one a moment before the other.
  EXPECT_TRUE(Eventually([this] {
    const MetricsPage page(Scrape("edge"));
    const double samples = page.Sum("ddnn_samples_total");
    return samples > 20 &&
           page.Sum("ddnn_sample_latency_seconds_count") == samples;
  }));
  const MetricsPage edge(Scrape("edge"));
  edge.ExpectGoodNames();
  EXPECT_EQ(edge.Value("ddnn_mqtt_connected"), 1);
  EXPECT_EQ(edge.Value("ddnn_devices_alive"), 2);
  for (const std::string agent : {"device0", "device1"}) {
    // It knows no offset before the edge has answered it.
    EXPECT_TRUE(Eventually([&] {
      return MetricsPage(Scrape(agent)).Sum("ddnn_clock_error_seconds") > 0;
    }));
    const MetricsPage device(Scrape(agent));
    device.ExpectGoodNames();
    EXPECT_GT(device.Value("ddnn_ticks_total"), 0) << agent;
    EXPECT_GT(device.Value("ddnn_frames_captured_total"), 0) << agent;
    EXPECT_EQ(device.Value("ddnn_mqtt_connected"), 1) << agent;
    EXPECT_GT(device.Sum("ddnn_mqtt_sent_bytes_total"),
              device.Sum("ddnn_payload_sent_bytes_total"));
    // Both read one clock.
    EXPECT_LE(std::abs(device.Value("ddnn_clock_offset_seconds")),
              device.Value("ddnn_clock_error_seconds"));
  }
  EXPECT_TRUE(Eventually([this] {
    return MetricsPage(Scrape("cloud")).Sum("ddnn_messages_received_total") > 0;
  }));
  MetricsPage(Scrape("cloud")).ExpectGoodNames();
}

TEST_F(MetricsOfADemoTest, TheEdgeTellsOfTheBroker) {
  // Mosquitto speaks of itself every ten seconds.
  EXPECT_TRUE(Eventually([this] {
    const MetricsPage edge(Scrape("edge"));
    return edge.Value("ddnn_broker_clients_connected") >= 4 &&
           edge.Value("ddnn_broker_messages_received_total") > 20;
  }));
}

TEST_F(MetricsOfADemoTest, PromtoolFindsNoFault) {
  if (RunProgramToEnd({"/bin/sh", "-c", "command -v promtool"}).code != 0) {
    GTEST_SKIP() << "promtool (Debian package `prometheus`) is not installed";
  }
  const TempFolder folder;
  for (const std::string agent : {"device0", "edge", "cloud"}) {
    const auto file = folder / "page";
    ASSERT_TRUE(WriteFileAtomically(file, Scrape(agent)).ok());
    const Finished checked = RunProgramToEnd(
        {"/bin/sh", "-c", "promtool check metrics < " + file.string()});
    EXPECT_EQ(checked.code, 0) << agent << "\n" << checked.output;
  }
}

class MetricsListenTest : public ::testing::Test {
 protected:
  /// An agent's end with this `metrics.listen`.
  Finished RunCloudAgent(const std::string& listen) const {
    DemoSetup setup;
    setup.broker_url = "mqtt://127.0.0.1:1";  // nobody listens there
    setup.bundle = world_.bundle_file;
    setup.tree = Tree::Of(world_.bundle);
    std::string yaml = CloudYaml(setup);
    const std::string usual = "listen: 127.0.0.1:0";
    yaml.replace(yaml.find(usual), usual.size(), "listen: " + listen);
    const auto config = world_.folder / "cloud.yaml";
    EXPECT_TRUE(WriteFileAtomically(config, yaml).ok());
    return RunProgramToEnd(
        {BuiltProgram("cloud_agent").string(), "--config", config.string()});
  }

  const TinyWorld world_;
};

TEST_F(MetricsListenTest, ATakenPortEndsTheAgentUnavailable) {
  const int taken = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(taken, raw, length), 0);
  ASSERT_EQ(::listen(taken, 1), 0);
  ASSERT_EQ(::getsockname(taken, raw, &length), 0);
  const std::string listen =
      "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const Finished finished = RunCloudAgent(listen);
  ::close(taken);
  EXPECT_EQ(finished.code, 69) << finished.output;
  EXPECT_THAT(finished.output,
              AllOf(HasSubstr("metrics.listen"), HasSubstr(listen)));
}

TEST_F(MetricsListenTest, AnAddressOfAnotherMachineEndsTheAgentUnavailable) {
  const std::string listen = "192.0.2.1:9100";  // nobody's, see RFC 5737
  const Finished finished = RunCloudAgent(listen);
  EXPECT_EQ(finished.code, 69) << finished.output;
  EXPECT_THAT(finished.output,
              AllOf(HasSubstr("metrics.listen"), HasSubstr(listen),
                    HasSubstr("not of this machine")));
}

TEST_F(MetricsListenTest, AMalformedAddressIsNamed) {
  const Finished finished = RunCloudAgent("nowhere");
  EXPECT_EQ(finished.code, 78) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("metrics.listen = 'nowhere'"));
}

}  // namespace
}  // namespace ddnn

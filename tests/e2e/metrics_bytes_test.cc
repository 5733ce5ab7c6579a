// The bytes that agents tell on /metrics, against those at their sockets.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/demo_config.h"
#include "core/base/file.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/http_get.h"
#include "tests/support/metrics_page.h"
#include "tests/support/mosquitto.h"
#include "tests/support/mqtt_ledger.h"
#include "tests/support/tcp_tap.h"

namespace ddnn {
namespace {

using BytesByLink = std::map<std::string, double>;

/// The link that a topic's messages cross, by the table of broker/README.md.
std::string LinkOfTopic(const std::string& topic) {
  for (const char* kind : {"/cloud/ask/", "/cloud/answer/"}) {
    if (topic.find(kind) != std::string::npos) return "edge_cloud";
  }
  for (const char* kind :
       {"/relay/", "/edge-score/", "/edge-feature/", "/edge-request"}) {
    if (topic.find(kind) != std::string::npos) return "edge_edge";
  }
  for (const char* kind : {"/score/", "/feature/", "/offload/", "/request",
                           "/decided", "/config"}) {
    if (topic.find(kind) != std::string::npos) return "device_edge";
  }
  return "site";
}

BytesByLink AtTheSocket(const std::string& stream) {
  BytesByLink bytes;
  for (const auto& [topic, count] : MqttLedger(stream)) {
    bytes[LinkOfTopic(topic)] += static_cast<double>(count);
  }
  return bytes;
}

BytesByLink OnThePage(const MetricsPage& page, const std::string& name) {
  BytesByLink bytes;
  for (const std::string link :
       {"device_edge", "edge_edge", "edge_cloud", "site"}) {
    const double sum = page.Sum(name, "link=\"" + link + "\"");
    if (sum > 0) bytes[link] = sum;
  }
  return bytes;
}

struct Shape {
  const char* name;
  int edges;  ///< of the bundle
  Offload offload;
  std::vector<std::string> links;  ///< that it has, besides the site's
};

/// Two devices, edges and a cloud worker, each behind a tap of its own.
class MetricsBytesTest : public ::testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    // All of it: what nobody hears is acknowledged with a byte more, of which
    // Paho says nothing.
    states_ = std::make_unique<Listener>(broker_.url(), "#");
    ASSERT_TRUE(states_->AwaitConnection());
    for (Exit& exit : world_.bundle.exits) {
      if (exit.tier == Tier::kEdge) exit.threshold = 0;  // on to the cloud
    }
    ASSERT_TRUE(WriteBundle(world_.bundle, world_.bundle_file).ok());
    setup_.bundle = world_.bundle_file;
    setup_.tree = Tree::Of(world_.bundle, GetParam().offload);
    setup_.tree_file = world_.folder / "tree.yaml";
    ASSERT_TRUE(
        WriteFileAtomically(setup_.tree_file, setup_.tree.ToYaml(world_.bundle))
            .ok());
    setup_.dataset = world_.data.root();
    setup_.split = "time:test";
    setup_.ticks_per_s = 25;
    setup_.samples = 60;
    Launch("cloud_agent", "cloud", &CloudYaml);
    Launch("edge_agent", "edge", &EdgeYaml);
    for (int i = 0; i < static_cast<int>(BranchesOf(setup_.tree).size()); ++i) {
      Launch("edge_agent", DemoBranch(i),
             [i](const DemoSetup& setup) { return BranchYaml(setup, i); });
    }
    for (const int i : {0, 1}) {
      Launch("device_agent", DemoDevice(i),
             [i](const DemoSetup& setup) { return DeviceYaml(setup, i); });
    }
  }

  template <typename Yaml>
  void Launch(const std::string& program, const std::string& agent,
              const Yaml& yaml) {
    auto tap = std::make_unique<TcpTap>(broker_.port());
    setup_.broker_url = "mqtt://127.0.0.1:" + std::to_string(tap->port());
    const auto config = world_.folder / (agent + ".yaml");
    ASSERT_TRUE(WriteFileAtomically(config, yaml(setup_)).ok());
    auto process = ChildProcess::Start(
        agent, {BuiltProgram(program).string(), "--config", config.string()},
        world_.folder / (agent + ".log"));
    ASSERT_TRUE(process.ok()) << process.message();
    agents_.emplace(agent, Agent{std::move(tap), std::move(process).value()});
  }

  MetricsPage Scrape(const std::string& agent) {
    const auto state = DecodeAgentState(
        states_->LastOn(AgentTopics(kDemoSite, agent).State()));
    if (!state || state->metrics.empty()) return MetricsPage("");
    const auto colon = state->metrics.rfind(':');
    return MetricsPage(
        HttpGet(std::stoi(state->metrics.substr(colon + 1)), "/metrics").body);
  }

  struct Agent {
    std::unique_ptr<TcpTap> tap;
    ChildProcess process;
  };

  TinyWorld world_{GetParam().edges};
  const Mosquitto broker_;
  DemoSetup setup_;
  std::map<std::string, Agent> agents_;
  std::unique_ptr<Listener> states_;
};

TEST_P(MetricsBytesTest, EqualThoseOfTheWirePerLinkAndDirection) {
  ASSERT_TRUE(Eventually([this] {
    return Scrape("edge").Sum("ddnn_samples_total") >= setup_.samples;
  })) << Slurp(world_.folder / "edge.log");
  BytesByLink all;
  for (const auto& [name, agent] : agents_) {
    BytesByLink told_sent;
    BytesByLink told_received;
    BytesByLink sent;
    BytesByLink received;
    // Packets pass between the two readings, so several tries.
    EXPECT_TRUE(Eventually([&, &name = name, &agent = agent] {
      const MetricsPage page = Scrape(name);
      sent = AtTheSocket(agent.tap->Sent());
      received = AtTheSocket(agent.tap->Received());
      told_sent = OnThePage(page, "ddnn_mqtt_sent_bytes_total");
      told_received = OnThePage(page, "ddnn_mqtt_received_bytes_total");
      return told_sent == sent && told_received == received;
    })) << name;
    EXPECT_EQ(told_sent, sent) << name;
    EXPECT_EQ(told_received, received) << name;
    EXPECT_GT(sent["site"], 0) << name;
    for (const auto& [link, bytes] : sent) all[link] += bytes;
  }
  EXPECT_GT(AtTheSocket(agents_.at("edge").tap->Received())["device_edge"],
            60 * 40);
  EXPECT_EQ(all.size(), GetParam().links.size() + 1);
  for (const std::string& link : GetParam().links) {
    EXPECT_GT(all[link], 0) << link;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Trees, MetricsBytesTest,
    ::testing::Values(
        Shape{"OneEdge", 1, Offload::kNone, {"device_edge", "edge_cloud"}},
        Shape{"TwoEdges",
              2,
              Offload::kNone,
              {"device_edge", "edge_edge", "edge_cloud"}},
        Shape{"Offload", 0, Offload::kRaw, {"device_edge", "edge_cloud"}}),
    [](const auto& shape) { return shape.param.name; });

}  // namespace
}  // namespace ddnn

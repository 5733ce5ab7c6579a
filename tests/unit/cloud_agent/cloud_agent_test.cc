#include "cloud_agent/cloud_agent.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/fusion/coordinator.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

CloudConfig TestConfig() {
  CloudConfig config;
  config.site = "centre";
  config.agent = "cloud1";
  return config;
}

TEST(CloudAgentTest, AnswersOnItsOwnThread) {
  FakeBroker broker;
  TestScene scene;
  const Codec codec(scene.network().bundle());
  const SystemClock clock;
  CloudMetrics metrics(scene.network().bundle());
  CloudAgent agent(TestConfig(), scene.shared_network(),
                   broker.MakeBus("cloud1"), &metrics, clock);
  const auto edge = broker.MakeBus("edge1");
  std::promise<std::string> answered;
  edge->Subscribe(CloudAnswerTopic("plant", "edge1"), Qos::kAtMostOnce);
  edge->Start([&answered](const BusEvent& event) {
    if (const auto* message = std::get_if<BusMessage>(&event)) {
      answered.set_value(message->payload);
    }
  });
  agent.Start([] {});
  CloudAsk ask{{5, 4}, std::vector<std::optional<FeatureMap>>(6)};
  ask.children[1] = scene.Output(1, {5, 4}).map;
  broker.Inject(
      {.topic = CloudAskTopic("plant", "edge1"), .payload = codec.Encode(ask)});
  const auto answer = codec.DecodeCloudAnswer(answered.get_future().get());
  agent.Stop();
  edge->Stop();
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->logits, AnswerAsk(scene.network(), ask)->logits);
}

TEST(CloudConfigTest, ExampleHoldsTheDefaults) {
  CloudConfig config;
  ConfigTable table;
  AddCloudKeys(&table, &config);
  table.Load(std::filesystem::path(DDNN_SOURCE_DIR) /
             "cloud_agent/example.yaml");
  EXPECT_EQ(config.queue, CloudConfig().queue);
  EXPECT_EQ(config.mqtt.url, CloudConfig().mqtt.url);
}

}  // namespace
}  // namespace ddnn

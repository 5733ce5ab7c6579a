#include "edge_agent/broker_stats.h"

#include <gtest/gtest.h>

#include <string>

#include "core/bus/fake_bus.h"
#include "edge_agent/metrics.h"
#include "tests/support/metrics_page.h"
#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

class BrokerStatsTest : public ::testing::Test {
 protected:
  bool Note(const std::string& topic, const std::string& payload) {
    return metrics_.broker->Note(topic, payload, &counters_);
  }
  MetricsPage Page() {
    metrics_.counters.Update(counters_);
    return MetricsPage(metrics_.registry.Render());
  }

  EdgeMetrics metrics_{MakeTestBundle(), /*with_broker=*/true};
  AgentCounters counters_;
};

TEST_F(BrokerStatsTest, NumbersBecomeMetrics) {
  EXPECT_TRUE(Note("$SYS/broker/clients/connected", "8"));
  EXPECT_TRUE(Note("$SYS/broker/uptime", "3600 seconds"));
  EXPECT_TRUE(Note("$SYS/broker/bytes/sent", "123456"));
  const MetricsPage page = Page();
  page.ExpectGoodNames();
  EXPECT_EQ(page.Value("ddnn_broker_clients_connected"), 8);
  EXPECT_EQ(page.Value("ddnn_broker_uptime_seconds"), 3600);
  EXPECT_EQ(page.Value("ddnn_broker_bytes_sent_total"), 123456);
  EXPECT_EQ(page.Value("ddnn_broker_publish_dropped_total"), 0);
}

TEST_F(BrokerStatsTest, WhatIsNoNumberOrNoKnownTopicIsRefused) {
  EXPECT_FALSE(Note("$SYS/broker/clients/connected", "many"));
  EXPECT_FALSE(Note("$SYS/broker/clients/connected", ""));
  EXPECT_FALSE(Note("$SYS/broker/clients/connected", "-1"));
  EXPECT_FALSE(Note("$SYS/broker/clients/maximum", "8"));
  EXPECT_FALSE(Note("clients/connected", "8"));
  EXPECT_TRUE(counters_.empty());
}

TEST_F(BrokerStatsTest, TheTopicsAskedForAreKnown) {
  FakeBroker broker;
  const auto bus = broker.MakeBus("edge");
  BrokerStats::Subscribe(bus.get());
  int known = 0;
  bus->Start([&](const BusEvent& event) {
    const auto* message = std::get_if<BusMessage>(&event);
    if (message != nullptr && Note(message->topic, message->payload)) ++known;
  });
  for (const char* topic :
       {"$SYS/broker/heap/current", "$SYS/broker/retained messages/count",
        "$SYS/broker/publish/messages/dropped", "$SYS/broker/version"}) {
    broker.Inject({.topic = topic, .payload = "1"});
  }
  EXPECT_EQ(known, 3);
}

TEST(EdgeMetricsOfTheBrokerTest, AreNotThereUnlessAskedFor) {
  const EdgeMetrics metrics(MakeTestBundle());
  EXPECT_EQ(metrics.registry.Render().find("ddnn_broker_"), std::string::npos);
}

}  // namespace
}  // namespace ddnn

// A lead whose link hung comes back: what it had said into the void goes out
// again only if it still leads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/metrics_page.h"
#include "tests/unit/edge_agent/succession_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;

/// A lead that has answered tick 0, and ticks 1 and 2 into a link that hangs;
/// then that was cut.
class HandBackTest : public testing::Test {
 protected:
  static constexpr int kCut = 2000;

  HandBackTest() {
    rig_.Open();
    rig_.AllSpeak(0, {4}, 510);
    for (const int tick : {1, 2}) {
      for (int device = 0; device < 5; ++device) {
        rig_.Speak(device, tick, {4}, 600);
      }
    }
    rig_.broker.Hang("edge1");
    rig_.Wait(1900);  // the sixth device is given up
    EXPECT_EQ(Answered(), std::vector<int>{0});
    EXPECT_EQ(rig_.Counter("results_local_degraded"), 2U);
    rig_.broker.Cut("edge1");
  }

  /// Ticks of the results that the broker has, in its order.
  std::vector<int> Answered() const {
    std::vector<int> ticks;
    for (const SampleResult& result : rig_.Results()) {
      ticks.push_back(static_cast<int>(result.sample.tick - rig_.TickAt(0)));
    }
    return ticks;
  }
  std::vector<std::string> TopicsFrom(std::size_t begin) const {
    std::vector<std::string> topics;
    const auto& log = rig_.broker.log();
    for (auto at = log.begin() + static_cast<std::ptrdiff_t>(begin);
         at != log.end(); ++at) {
      topics.push_back(at->topic);
    }
    return topics;
  }

  EdgeRig rig_{Sure(), Paced()};
};

TEST_F(HandBackTest, NothingOfItGoesOutIfAnotherLeads) {
  rig_.Pump(kCut);
  rig_.broker.Inject({.topic = rig_.group.Lease(),
                      .payload = EncodeLease({"edge2", 2, 0}),
                      .retain = true});
  rig_.broker.Reconnect("edge1");
  rig_.Pump(kCut + 100);
  rig_.Wait(kCut + 5000);
  EXPECT_THAT(Answered(), ElementsAre(0));
  EXPECT_EQ(rig_.Counter("stepped_down"), 1U);
  EXPECT_GE(rig_.Counter("answers_withdrawn"), 4U);  // in two encodings
}

TEST_F(HandBackTest, WhatWaitsForTheBrokerIsTold) {
  const auto waiting = [this] {
    return MetricsPage(rig_.metrics.registry.Render())
        .Value("ddnn_mqtt_queue_messages");
  };
  rig_.Wait(kCut);
  rig_.Pump(kCut);
  EXPECT_GE(waiting(), 4);  // in two encodings
  rig_.broker.Reconnect("edge1");
  rig_.Pump(kCut + 100);
  rig_.Wait(kCut + 1200);
  EXPECT_THAT(Answered(), ElementsAre(0, 1, 2));
  EXPECT_EQ(waiting(), 0);
}

TEST_F(HandBackTest, NothingOfItGoesOutBeforeTheLeaseIsHeard) {
  rig_.Pump(kCut);
  rig_.broker.Reconnect("edge1");
  EXPECT_THAT(Answered(), ElementsAre(0));
}

TEST_F(HandBackTest, ItGoesOutOnceAndInOrderIfNobodyTookOver) {
  const std::size_t before = rig_.broker.log().size();
  rig_.Pump(kCut);
  rig_.broker.Reconnect("edge1");
  rig_.Pump(kCut + 100);
  EXPECT_THAT(Answered(), ElementsAre(0, 1, 2));
  rig_.Wait(kCut + 5000);
  EXPECT_THAT(Answered(), ElementsAre(0, 1, 2));
  EXPECT_EQ(rig_.Counter("answers_withdrawn"), 0U);
  const auto topics = TopicsFrom(before);
  const auto first = [&topics](const std::string& topic) {
    return std::find(topics.begin(), topics.end(), topic);
  };
  EXPECT_LT(first(rig_.group.Lease()), first(rig_.group.Result()));
  EXPECT_LT(first(rig_.group.Result()), first(rig_.group.Decided()));
}

TEST_F(HandBackTest, ItIsFlaggedSinceTheBrokerMayHaveIt) {
  rig_.Pump(kCut);
  rig_.broker.Reconnect("edge1");
  rig_.AllSpeak(30, {4}, kCut + 100);
  std::vector<bool> again;
  for (const SampleResult& result : rig_.Results()) {
    again.push_back(result.again);
  }
  EXPECT_THAT(again, ElementsAre(false, true, true, false));
  std::vector<bool> in_json;
  for (const auto& message : rig_.On(rig_.group.Result())) {
    in_json.push_back(
        DecodeResultJson(message.payload, rig_.scene.network().bundle().classes)
            ->again);
  }
  EXPECT_EQ(in_json, again);
}

TEST_F(HandBackTest, WhatIsAnsweredOnTheWayFollowsIt) {
  rig_.Pump(kCut);
  rig_.broker.Reconnect("edge1");
  rig_.AllSpeak(30, {4}, kCut + 100);
  EXPECT_THAT(Answered(), ElementsAre(0, 1, 2, 30));
}

TEST_F(HandBackTest, ALeadThatHasNotHeardOfTheCutYetSaysNothingInTheNew) {
  rig_.broker.Reconnect("edge1");
  rig_.pipeline.OnTime(rig_.At(kCut));
  EXPECT_THAT(Answered(), ElementsAre(0));
  rig_.Pump(kCut + 100);
  EXPECT_THAT(Answered(), ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace ddnn

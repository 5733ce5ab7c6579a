#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "edge_agent/branch_pipeline.h"
#include "edge_agent/edge_pipeline.h"
#include "tests/support/metrics_page.h"
#include "tests/support/rejected.h"
#include "tests/support/test_scene.h"

namespace ddnn {

inline TestBundleOptions TwoEdges(TestBundleOptions options) {
  options.edges = 2;
  return options;
}

inline EdgeConfig ConfigOf(const std::string& agent) {
  EdgeConfig config;
  config.site = "plant";
  config.group = "yard";
  config.agent = agent;
  return config;
}

/// A lead and a branch at one broker in memory, with six devices: 0 to 2 below
/// the lead, 3 to 5 below the branch.
class LeadAndBranchTest : public testing::Test {
 protected:
  static constexpr int kRemote = 7;

  explicit LeadAndBranchTest(const TestBundleOptions& bundle = Unsure())
      : scene_(TwoEdges(bundle)) {}
  ~LeadAndBranchTest() override {
    const auto rows = EdgeCounters();
    EXPECT_THAT(NamesWithoutRow(rows, lead_.counters()), testing::IsEmpty());
    EXPECT_THAT(NamesWithoutRow(rows, branch_.counters()), testing::IsEmpty());
  }

  static Instant At(int ms) {
    return Instant(std::chrono::hours(480000)) + milliseconds(ms);
  }
  static std::string Agent(int device) {
    return "cam" + std::to_string(device);
  }
  /// Both agents work off what they have been told, at `now_`.
  void Pump() {
    while (!lead_events_.empty() || !branch_events_.empty()) {
      if (!lead_events_.empty()) {
        const BusEvent event = std::move(lead_events_.front());
        lead_events_.pop_front();
        lead_.OnEvent(event, now_);
      } else {
        const BusEvent event = std::move(branch_events_.front());
        branch_events_.pop_front();
        branch_.OnEvent(event, now_);
      }
    }
  }
  void Pass(int ms) {
    now_ = At(ms);
    lead_.OnTime(now_);
    branch_.OnTime(now_);
    Pump();
  }
  void Inject(const std::string& topic, std::string payload,
              bool retain = false) {
    broker_.Inject(
        {.topic = topic, .payload = std::move(payload), .retain = retain});
    Pump();
  }
  AgentState State(const std::string& tier, int device,
                   const std::string& place = "") const {
    return {.online = true,
            .tier = tier,
            .group = "yard",
            .device = device,
            .boot = 500,
            .bundle_tag = scene_.network().bundle().tag,
            .place = place};
  }
  void SendState(const std::string& agent, const AgentState& state) {
    Inject(AgentTopics("plant", agent).State(), EncodeAgentState(state), true);
  }
  void ConnectLead() {
    lead_bus_->Start([this](BusEvent e) { lead_events_.push_back(e); });
    Pump();
  }
  void ConnectBranch() {
    branch_bus_->Start([this](BusEvent e) { branch_events_.push_back(e); });
    Pump();
  }
  void Open() {
    ConnectLead();
    ConnectBranch();
    for (int i = 0; i < 6; ++i) SendState(Agent(i), State("device", i));
  }
  Tick FirstTick() const {
    return DecodeGroupConfig(On(group_.Config()).front())
        .value()
        .schedule.first_tick;
  }
  void Speak(int device, const std::vector<ObjectNumber>& objects) {
    const ScoreMessage message{0,
                               {scene_.Scores(device, FirstTick(), objects)}};
    Inject(group_.Score(Agent(device)), codec_.Encode(message));
  }
  void AllSpeak(const std::vector<ObjectNumber>& objects) {
    for (int i = 0; i < 6; ++i) Speak(i, objects);
  }
  /// The device's last words: the lead hears the state before the relay.
  void SpeakAndThen(int device, const std::vector<ObjectNumber>& objects,
                    const AgentState& state) {
    const ScoreMessage message{0,
                               {scene_.Scores(device, FirstTick(), objects)}};
    broker_.Inject({.topic = group_.Score(Agent(device)),
                    .payload = codec_.Encode(message)});
    SendState(Agent(device), state);
  }
  AgentState Offline(int device) const {
    AgentState state = State("device", device);
    state.online = false;
    return state;
  }
  void SendMap(int device, ObjectNumber object) {
    const SampleId id{FirstTick(), object};
    Inject(group_.Feature(Agent(device)),
           codec_.Encode(SampleMap{id, scene_.Output(device, id).map}));
  }
  void AllSendMap(ObjectNumber object) {
    for (int i = 0; i < 6; ++i) SendMap(i, object);
  }

  std::vector<std::string> On(const std::string& topic) const {
    std::vector<std::string> found;
    for (const OutgoingMessage& message : broker_.log()) {
      if (message.topic == topic) found.push_back(message.payload);
    }
    return found;
  }
  std::string Newest(const std::string& topic) const {
    const auto found = On(topic);
    return found.empty() ? "" : found.back();
  }
  std::vector<SampleResult> Results() const {
    std::vector<SampleResult> results;
    for (const auto& payload : On(group_.ResultFb())) {
      results.push_back(codec_.DecodeResult(payload).value());
    }
    return results;
  }
  /// How often the branch observed its stage `decide`.
  double Decides() const {
    return MetricsPage(branch_metrics_.registry.Render())
        .Value(R"(ddnn_stage_duration_seconds_count{stage="decide"})");
  }
  static std::uint64_t Count(const AgentCounters& counters,
                             const std::string& name) {
    const auto found = counters.find(name);
    return found == counters.end() ? 0 : found->second;
  }

  TestScene scene_;
  Codec codec_{scene_.network().bundle()};
  GroupTopics group_{"plant", "yard"};
  FakeBroker broker_;
  // Before the buses, which speak until their end.
  std::deque<BusEvent> lead_events_;
  std::deque<BusEvent> branch_events_;
  std::unique_ptr<Bus> lead_bus_ = broker_.MakeBus("lead");
  std::unique_ptr<Bus> branch_bus_ = broker_.MakeBus("east");
  Instant now_ = At(0);
  EdgeMetrics lead_metrics_{scene_.network().bundle()};
  EdgeMetrics branch_metrics_{scene_.network().bundle()};
  EdgePipeline lead_{ConfigOf("lead"),
                     scene_.shared_network(),
                     Tree::Of(scene_.network().bundle()),
                     lead_bus_.get(),
                     &lead_metrics_,
                     1000};
  BranchPipeline branch_{ConfigOf("east"),
                         scene_.shared_network(),
                         Tree::Of(scene_.network().bundle()),
                         "edge1",
                         branch_bus_.get(),
                         &branch_metrics_,
                         1000};
};

}  // namespace ddnn

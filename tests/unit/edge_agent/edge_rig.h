#pragma once

#include <gmock/gmock.h>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "edge_agent/edge_pipeline.h"
#include "tests/support/rejected.h"
#include "tests/support/test_scene.h"

namespace ddnn {

inline EdgeConfig TestEdgeConfig() {
  EdgeConfig config;
  config.site = "plant";
  config.agent = "edge1";
  config.group = "yard";
  return config;
}

/// An edge pipeline at a broker in memory, and the devices' side of the talk.
/// Instants are milliseconds since the start.
class EdgeRig {
 public:
  static constexpr std::uint32_t kBoot = 1000;

  explicit EdgeRig(const TestBundleOptions& bundle = {},
                   EdgeConfig config = TestEdgeConfig(),
                   Offload offload = Offload::kNone,
                   RunFile* run_file = nullptr)
      : scene(bundle),
        codec(scene.network().bundle()),
        bus_(broker.MakeBus(config.agent)),
        pipeline(std::move(config), scene.shared_network(),
                 Tree::Of(scene.network().bundle(), offload), bus_.get(),
                 &metrics, kBoot, run_file) {}
  /// Whatever a test makes the edge count has a name on /metrics.
  ~EdgeRig() {
    EXPECT_THAT(NamesWithoutRow(EdgeCounters(), pipeline.counters()),
                testing::IsEmpty());
  }
  EdgeRig(const EdgeRig&) = delete;
  EdgeRig& operator=(const EdgeRig&) = delete;

  static Instant At(int ms) {
    return Instant(std::chrono::hours(480000)) + milliseconds(ms);
  }

  void Connect(int ms = 0) {
    bus_->Start(
        [this](BusEvent event) { events_.push_back(std::move(event)); });
    Pump(ms);
  }
  /// The pipeline works off what the bus has told it.
  void Pump(int ms = 0) {
    while (!events_.empty()) {
      const BusEvent event = std::move(events_.front());
      events_.pop_front();
      pipeline.OnEvent(event, At(ms));
    }
  }
  /// Time passes until then.
  void Wait(int ms) {
    pipeline.OnTime(At(ms));
    Pump(ms);
  }
  void Inject(const std::string& topic, std::string payload, int ms = 0,
              bool retain = false) {
    broker.Inject(
        {.topic = topic, .payload = std::move(payload), .retain = retain});
    Pump(ms);
  }

  AgentState DeviceState(int device, std::uint32_t boot = 500) const {
    return {.online = true,
            .tier = "device",
            .group = "yard",
            .device = device,
            .boot = boot,
            .bundle_tag = scene.network().bundle().tag};
  }
  static std::string Agent(int device) {
    return "cam" + std::to_string(device);
  }
  void SendState(const std::string& agent, const AgentState& state,
                 int ms = 0) {
    Inject(AgentTopics("plant", agent).State(), EncodeAgentState(state), ms,
           /*retain=*/true);
  }
  void AllClaim(int ms = 0) {
    for (int i = 0; i < 6; ++i) SendState(Agent(i), DeviceState(i), ms);
  }
  /// Connects, and all devices claim: the group is open.
  void Open(int ms = 0) {
    Connect(ms);
    AllClaim(ms);
  }

  /// Tick `i` of the run.
  Tick TickAt(int i) const {
    return Schedule().first_tick + static_cast<Tick>(i);
  }
  TickSchedule Schedule() const {
    return DecodeGroupConfig(Newest(group.Config()).payload).value().schedule;
  }
  void Speak(int device, int tick, const std::vector<ObjectNumber>& objects,
             int ms = 0) {
    const ScoreMessage message{++sequences_[device],
                               {scene.Scores(device, TickAt(tick), objects)}};
    Inject(group.Score(Agent(device)), codec.Encode(message), ms);
  }
  /// Messages of a device get lost.
  void SkipSequence(int device, std::uint32_t count) {
    sequences_[device] += count;
  }
  void AllSpeak(int tick, const std::vector<ObjectNumber>& objects,
                int ms = 0) {
    for (int i = 0; i < 6; ++i) Speak(i, tick, objects, ms);
  }
  void SendMap(int device, SampleId id, int ms = 0) {
    Inject(group.Feature(Agent(device)),
           codec.Encode(SampleMap{id, scene.Output(device, id).map}), ms);
  }

  /// Messages that went through the broker on a topic, in order.
  std::vector<OutgoingMessage> On(const std::string& topic) const {
    std::vector<OutgoingMessage> found;
    for (const OutgoingMessage& message : broker.log()) {
      if (message.topic == topic) found.push_back(message);
    }
    return found;
  }
  OutgoingMessage Newest(const std::string& topic) const {
    const auto found = On(topic);
    return found.empty() ? OutgoingMessage{} : found.back();
  }
  std::vector<SampleResult> Results() const {
    std::vector<SampleResult> results;
    for (const auto& message : On(group.ResultFb())) {
      results.push_back(codec.DecodeResult(message.payload).value());
    }
    return results;
  }
  std::uint64_t Rejected(const std::string& reason) const {
    return ddnn::Rejected(pipeline.counters(), reason);
  }
  std::uint64_t Counter(const std::string& name) const {
    const auto found = pipeline.counters().find(name);
    return found == pipeline.counters().end() ? 0 : found->second;
  }

  TestScene scene;
  Codec codec;
  FakeBroker broker;
  EdgeMetrics metrics{scene.network().bundle()};
  GroupTopics group{"plant", "yard"};

 private:
  std::unique_ptr<Bus> bus_;
  std::deque<BusEvent> events_;
  std::map<int, std::uint32_t> sequences_;  // by device

 public:
  EdgePipeline pipeline;
};

}  // namespace ddnn

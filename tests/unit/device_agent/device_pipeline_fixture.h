#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "device_agent/device_pipeline.h"
#include "tests/support/rejected.h"
#include "tests/support/test_bundle.h"
#include "tests/unit/device_agent/fake_source.h"

namespace ddnn {

inline constexpr int kDevice = 1;
inline constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};
inline constexpr Tick kFirst = 100;

inline View RandomView(std::uint32_t seed) {
  std::mt19937 random(seed);
  View view;
  for (auto& pixel : view) pixel = static_cast<std::uint8_t>(random() % 256);
  return view;
}

/// A tick with these objects; each view depends on tick and object.
inline TickViews Views(Tick tick, const std::vector<ObjectNumber>& objects) {
  TickViews views{tick, {}};
  for (const ObjectNumber object : objects) {
    views.views.push_back({object, RandomView(tick * 1000 + object)});
  }
  return views;
}

/// A pipeline on a broker in memory; the test is its source and its edge.
class DevicePipelineFixture : public ::testing::Test {
 protected:
  DevicePipelineFixture() : network_(MakeTestBundle({.devices = 2})) {
    options_ = {.site = "s",
                .group = "g",
                .agent = "cam",
                .device = kDevice,
                .boot = 77,
                .window = 4,
                .batch = milliseconds(0),
                .ring_ticks = 3};
  }

  /// Whatever a test makes the agent count has a name on /metrics.
  void TearDown() override {
    if (!pipeline_) return;
    pipeline_->OnTime(kNow);  // which takes the bus's counts in
    EXPECT_THAT(NamesWithoutRow(DeviceCounters(), pipeline_->counters()),
                ::testing::IsEmpty());
  }

  /// Connects the agent.
  void Start() {
    bus_ = broker_.MakeBus("cam");
    pipeline_ = std::make_unique<DevicePipeline>(options_, network_, bus_.get(),
                                                 &source_, &metrics_);
    bus_->Start(
        [this](const BusEvent& event) { pipeline_->OnBus(event, kNow); });
  }
  /// Connects, and the edge opens the group.
  void StartGroup(double ticks_per_second = 0) {
    Start();
    TellConfig(kFirst, ticks_per_second);
    TellDecided(kFirst - 1);
  }

  GroupConfig Config(Tick first_tick, double ticks_per_second = 0,
                     std::uint32_t term = 0) const {
    return {network_.bundle().tag,
            2,
            network_.bundle().classes,
            {kNow, ticks_per_second, first_tick},
            term};
  }
  void Tell(const std::string& topic, std::string payload,
            bool retain = false) {
    broker_.Inject(
        {.topic = topic, .payload = std::move(payload), .retain = retain});
  }
  void TellConfig(Tick first_tick, double ticks_per_second = 0,
                  std::uint32_t term = 0) {
    Tell(topics_.Config(),
         EncodeGroupConfig(Config(first_tick, ticks_per_second, term)), true);
  }
  void TellDecided(Tick tick) {
    Tell(topics_.Decided(), codec_.Encode(Decided{tick}), true);
  }
  void Ask(const std::vector<SampleId>& wanted) {
    Tell(topics_.Request(), codec_.Encode(MapRequest{wanted}));
  }
  void TellLeave(Error error, const std::string& reason) {
    Tell(AgentTopics("s", "cam").Command("leave"),
         EncodeLeave({error, reason}));
  }

  std::vector<OutgoingMessage> Published(const std::string& topic) const {
    std::vector<OutgoingMessage> found;
    for (const auto& message : broker_.log()) {
      if (message.topic == topic) found.push_back(message);
    }
    return found;
  }
  std::vector<ScoreMessage> Scores() const {
    std::vector<ScoreMessage> scores;
    for (const auto& message : Published(topics_.Score("cam"))) {
      scores.push_back(*codec_.DecodeScores(message.payload, kDevice));
    }
    return scores;
  }
  std::vector<SampleMap> Maps() const {
    std::vector<SampleMap> maps;
    for (const auto& message : Published(topics_.Feature("cam"))) {
      maps.push_back(*codec_.DecodeMap(message.payload, kDevice));
    }
    return maps;
  }
  std::uint64_t Rejected(const std::string& reason) const {
    return ddnn::Rejected(pipeline_->counters(), reason);
  }
  std::uint64_t Counter(const std::string& name) const {
    const auto& counters = pipeline_->counters();
    return counters.contains(name) ? counters.at(name) : 0;
  }

  FakeBroker broker_;
  const Network network_;
  const Codec codec_{network_.bundle()};
  const GroupTopics topics_{"s", "g"};
  FakeSource source_;
  DeviceMetrics metrics_{network_.bundle()};
  DeviceOptions options_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<DevicePipeline> pipeline_;
};

}  // namespace ddnn

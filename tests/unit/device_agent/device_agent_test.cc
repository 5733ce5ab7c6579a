// The wiring, with its threads: what is waited for here always comes, so that
// no test sleeps; ctest's time limit ends it otherwise.
#include "device_agent/device_agent.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "core/base/exit_code.h"
#include "core/bus/fake_bus.h"
#include "core/bus/topics.h"
#include "core/vision/dataset_recording.h"
#include "core/vision/replay_source.h"
#include "tests/support/test_bundle.h"
#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

class DeviceAgentTest : public ::testing::Test {
 protected:
  DeviceAgentTest()
      : network_(MakeTestBundle({.devices = 2, .classes = 2})),
        codec_(network_.bundle()),
        bus_(broker_.MakeBus("cam")),
        edge_(broker_.MakeBus("edge")) {
    auto data = ReadDataSet(data_.root(), Split{"time", "test"});
    EXPECT_TRUE(data.ok()) << data.message();
    auto recording = DataSetRecording::Open(std::move(*data), 0);
    EXPECT_TRUE(recording.ok()) << recording.message();
    auto source =
        ReplaySource::Open(std::move(*recording), {9, true, kWindow}, clock_);
    EXPECT_TRUE(source.ok()) << source.message();
    source_ = std::move(*source);
    agent_ = std::make_unique<DeviceAgent>(DeviceOptions{.site = "s",
                                                         .group = "g",
                                                         .agent = "cam",
                                                         .device = 0,
                                                         .window = kWindow,
                                                         .ring_ticks = 8},
                                           network_, source_.get(), bus_.get(),
                                           &metrics_, clock_,
                                           [this] { ended_.set_value(); });
  }

  /// An edge that decides each tick at once; `all_` when it has `ticks`.
  void StartEdge(std::size_t ticks) {
    edge_->Subscribe(topics_.Score("+"), Qos::kAtMostOnce);
    edge_->Start([this, ticks](const BusEvent& event) {
      const auto* message = std::get_if<BusMessage>(&event);
      if (message == nullptr) return;
      const auto scores = codec_.DecodeScores(message->payload, 0);
      for (const auto& tick : scores->ticks) {
        seen_.push_back(tick.tick);
        PublishDecided(tick.tick);
      }
      if (seen_.size() == ticks) all_.set_value();
    });
  }
  void PublishDecided(Tick tick) {
    (void)edge_
        ->Publish({.topic = topics_.Decided(),
                   .payload = codec_.Encode(Decided{tick}),
                   .retain = true})
        .ok();
  }
  void OpenGroup(Tick first_tick) {
    const GroupConfig config{network_.bundle().tag,
                             2,
                             network_.bundle().classes,
                             {clock_.Now(), 0.0, first_tick}};
    (void)edge_
        ->Publish({.topic = topics_.Config(),
                   .payload = EncodeGroupConfig(config),
                   .retain = true})
        .ok();
    PublishDecided(first_tick - 1);
  }

  static constexpr int kWindow = 2;
  const SystemClock clock_;
  const TinyDataSet data_;
  FakeBroker broker_;
  const Network network_;
  const Codec codec_;
  DeviceMetrics metrics_{network_.bundle()};
  const GroupTopics topics_{"s", "g"};
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<Bus> edge_;
  std::unique_ptr<ReplaySource> source_;
  std::promise<void> ended_;
  std::promise<void> all_;
  std::vector<Tick> seen_;
  std::unique_ptr<DeviceAgent> agent_;
};

TEST_F(DeviceAgentTest, ReplaysEveryTickInOrder) {
  const std::size_t ticks = source_->length();
  StartEdge(ticks);
  OpenGroup(100);
  agent_->Start();
  all_.get_future().wait();
  agent_->Stop();
  ASSERT_EQ(seen_.size(), ticks);
  for (std::size_t i = 0; i < ticks; ++i) EXPECT_EQ(seen_[i], 100 + i);
  EXPECT_FALSE(agent_->ending().has_value());
}

TEST_F(DeviceAgentTest, StopSaysGoodbye) {
  agent_->Start();
  agent_->Stop();
  ASSERT_FALSE(broker_.log().empty());
  const auto last = DecodeAgentState(broker_.log().back().payload);
  ASSERT_TRUE(last.ok()) << last.message();
  EXPECT_FALSE(last->online);
}

TEST_F(DeviceAgentTest, LeaveEndsItFromWithin) {
  agent_->Start();
  broker_.Inject({.topic = AgentTopics("s", "cam").Command("leave"),
                  .payload = EncodeLeave({Error::kUnknownDevice, "no such"})});
  ended_.get_future().wait();
  agent_->Stop();
  ASSERT_TRUE(agent_->ending().has_value());
  EXPECT_EQ(agent_->ending()->exit_code, kExitConfig);
}

TEST_F(DeviceAgentTest, FloodOfMessagesIsBoundedAndSurvived) {
  StartEdge(source_->length());
  agent_->Start();
  for (int i = 0; i < 20'000; ++i) {
    broker_.Inject({.topic = topics_.Request(), .payload = "garbage"});
  }
  // A flood may take the place of any message, so the edge tells again.
  auto all = all_.get_future();
  do {
    OpenGroup(100);
  } while (all.wait_for(milliseconds(20)) != std::future_status::ready);
  agent_->Stop();
  EXPECT_FALSE(agent_->ending().has_value());
}

}  // namespace
}  // namespace ddnn

#include "cloud_agent/cloud_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/fake_bus.h"
#include "core/fusion/coordinator.h"
#include "core/offload/encoded_view.h"
#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

using testing::SizeIs;

constexpr Instant kStart{std::chrono::hours(480000)};

/// A cloud pipeline at a broker in memory.
class Worker {
 public:
  Worker(FakeBroker& broker, const TestScene& scene, const std::string& agent,
         Offload offload = Offload::kNone)
      : bus_(broker.MakeBus(agent)),
        metrics(scene.network().bundle()),
        pipeline(Config(agent), scene.shared_network(), bus_.get(), &metrics, 7,
                 offload) {
    bus_->Start(
        [this](BusEvent event) { events_.push_back(std::move(event)); });
    Pump();
  }

  /// Whatever a test makes the agent count has a name on /metrics.
  ~Worker() {
    EXPECT_THAT(NamesWithoutRow(CloudCounters(), pipeline.counters()),
                testing::IsEmpty());
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Pump(Instant now = kStart) {
    while (!events_.empty()) {
      const BusEvent event = std::move(events_.front());
      events_.pop_front();
      pipeline.OnEvent(event, now);
    }
  }
  std::uint64_t Counter(const std::string& name) const {
    const auto found = pipeline.counters().find(name);
    return found == pipeline.counters().end() ? 0 : found->second;
  }

 private:
  static CloudConfig Config(const std::string& agent) {
    CloudConfig config;
    config.site = "centre";
    config.agent = agent;
    return config;
  }

  std::unique_ptr<Bus> bus_;
  std::deque<BusEvent> events_;

 public:
  CloudMetrics metrics;
  CloudPipeline pipeline;
};

class CloudPipelineTest : public testing::Test {
 protected:
  /// An ask with the maps of devices 0 to 3.
  CloudAsk Ask(SampleId id) {
    CloudAsk ask{id, {}};
    for (int i = 0; i < 6; ++i) {
      ask.children.emplace_back();
      if (i < 4) ask.children.back() = scene_.Output(i, id).map;
    }
    return ask;
  }
  /// An ask with raw views of devices 0 and 2.
  static CloudAsk OffloadAsk(SampleId id) {
    CloudAsk ask{id, {}, Offload::kRaw, {}};
    ask.views.resize(6);
    ask.views[0] = EncodedView(kViewBytes, 'a');
    ask.views[2] = EncodedView(kViewBytes, 'z');
    return ask;
  }
  void Send(std::string payload, const std::string& site = "plant") {
    broker_.Inject(
        {.topic = CloudAskTopic(site, "edge1"), .payload = std::move(payload)});
  }
  std::vector<CloudAnswer> Answers(const std::string& site = "plant") {
    std::vector<CloudAnswer> answers;
    for (const auto& message : broker_.log()) {
      if (message.topic == CloudAnswerTopic(site, "edge1")) {
        answers.push_back(codec_.DecodeCloudAnswer(message.payload).value());
      }
    }
    return answers;
  }

  TestScene scene_;
  Codec codec_{scene_.network().bundle()};
  FakeBroker broker_;
};

TEST_F(CloudPipelineTest, AnswersTheEdgeThatAsked) {
  Worker worker(broker_, scene_, "cloud1");
  const CloudAsk ask = Ask({5, 4});
  Send(codec_.Encode(ask));
  worker.Pump();
  const auto answers = Answers();
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].sample, (SampleId{5, 4}));
  EXPECT_EQ(answers[0].logits, AnswerAsk(scene_.network(), ask)->logits);
  EXPECT_EQ(worker.Counter("sent_answer_messages"), 1U);
}

TEST_F(CloudPipelineTest, OffloadedViewsRunThroughAllSections) {
  Worker worker(broker_, scene_, "cloud1", Offload::kRaw);
  const CloudAsk ask = OffloadAsk({5, 4});
  Send(codec_.Encode(ask));
  worker.Pump();
  ASSERT_THAT(Answers(), SizeIs(1));
  const auto views = DecodeViews(ask).value();
  EXPECT_EQ(Answers()[0].logits,
            AnswerViews(scene_.network(), ask.sample, views)->logits);
}

TEST_F(CloudPipelineTest, ViewsThatCannotBeDecodedAreDroppedAndCounted) {
  Worker worker(broker_, scene_, "cloud1", Offload::kJpeg);
  CloudAsk ask = OffloadAsk({5, 4});
  ask.offload = Offload::kJpeg;
  ask.views[0] = ask.views[2] = "no picture";
  Send(codec_.Encode(ask));
  worker.Pump();
  EXPECT_THAT(Answers(), SizeIs(0));
  EXPECT_EQ(worker.Counter("rejected_ask_malformed"), 1U);
}

TEST_F(CloudPipelineTest, AsksThatTheTreeDoesNotSpeakOfAreDroppedAndCounted) {
  Worker without(broker_, scene_, "cloud1");
  Send(codec_.Encode(OffloadAsk({5, 4})));
  without.Pump();
  EXPECT_EQ(without.Counter("rejected_ask_wrong_offload"), 1U);
  FakeBroker other;
  Worker with(other, scene_, "cloud2", Offload::kRaw);
  other.Inject({.topic = CloudAskTopic("plant", "edge1"),
                .payload = codec_.Encode(Ask({5, 4}))});
  with.Pump();
  EXPECT_EQ(with.Counter("rejected_ask_wrong_offload"), 1U);
  EXPECT_THAT(Answers(), SizeIs(0));
}

TEST_F(CloudPipelineTest, AnswersEverySite) {
  Worker worker(broker_, scene_, "cloud1");
  Send(codec_.Encode(Ask({5, 4})), "gate");
  worker.Pump();
  EXPECT_THAT(Answers("gate"), SizeIs(1));
  EXPECT_THAT(Answers("plant"), SizeIs(0));
}

TEST_F(CloudPipelineTest, TwoAgentsShareTheWork) {
  Worker first(broker_, scene_, "cloud1");
  Worker second(broker_, scene_, "cloud2");
  for (ObjectNumber object = 0; object < 10; ++object) {
    Send(codec_.Encode(Ask({5, object})));
  }
  first.Pump();
  second.Pump();
  EXPECT_THAT(Answers(), SizeIs(10));
  EXPECT_EQ(first.Counter("sent_answer_messages"), 5U);
  EXPECT_EQ(second.Counter("sent_answer_messages"), 5U);
}

TEST_F(CloudPipelineTest, GarbageIsCountedAndDropped) {
  Worker worker(broker_, scene_, "cloud1");
  std::string lying = codec_.Encode(Ask({5, 4}));
  lying.resize(lying.size() - 8);
  for (const std::string& payload :
       {std::string(), std::string("x"), std::string(64, '\xff'), lying,
        std::string(kPayloadLimitBytes + 1, 'a')}) {
    Send(payload);
  }
  worker.Pump();
  std::uint64_t rejected = 0;
  for (const auto& [name, count] : worker.pipeline.counters()) {
    if (name.starts_with("rejected_")) rejected += count;
  }
  EXPECT_EQ(rejected, 5U);
  Send(codec_.Encode(Ask({5, 4})));
  worker.Pump();
  EXPECT_THAT(Answers(), SizeIs(1));
}

TEST_F(CloudPipelineTest, AskOfAnotherBundleIsRejected) {
  Worker worker(broker_, scene_, "cloud1");
  TestBundleOptions options;
  options.seed = 99;
  const Bundle other = MakeTestBundle(options);
  Send(Codec(other).Encode(Ask({5, 4})));
  worker.Pump();
  EXPECT_EQ(worker.Counter("rejected_ask_wrong_bundle"), 1U);
}

TEST_F(CloudPipelineTest, StateAndCountersAreRetained) {
  Worker worker(broker_, scene_, "cloud1");
  const OutgoingMessage& state = broker_.log().front();
  EXPECT_EQ(state.topic, AgentTopics("centre", "cloud1").State());
  EXPECT_TRUE(state.retain);
  EXPECT_EQ(DecodeAgentState(state.payload)->tier, "cloud");
  Send(codec_.Encode(Ask({5, 4})));
  worker.Pump();
  worker.pipeline.Stop(kStart);
  const OutgoingMessage& info = broker_.log().back();
  EXPECT_EQ(info.topic, AgentTopics("centre", "cloud1").Info());
  EXPECT_TRUE(info.retain);
  EXPECT_EQ(DecodeAgentInfo(info.payload)->at("sent_answer_messages"), 1U);
}

TEST_F(CloudPipelineTest, FinalDisconnectGivesUp) {
  Worker worker(broker_, scene_, "cloud1");
  worker.pipeline.OnEvent(BusDisconnected{.reason = "x"}, kStart);
  EXPECT_FALSE(worker.pipeline.gave_up().has_value());
  worker.pipeline.OnEvent(BusDisconnected{.reason = "x", .final = true},
                          kStart);
  EXPECT_TRUE(worker.pipeline.gave_up().has_value());
}

}  // namespace
}  // namespace ddnn

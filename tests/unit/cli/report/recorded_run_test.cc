#include "cli/report/recorded_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

constexpr double kStart = 1'700'000'000;
constexpr int kCar = 0;
constexpr int kPerson = 1;

/// A stream of site yard, group gate: two devices, cars and people.
class RecordedRunTest : public testing::Test {
 protected:
  Status Add(double seconds, decltype(RecordedEvent::what) what,
             const std::string& agent = "") {
    return run_.Add({.time_s = kStart + seconds,
                     .site = "yard",
                     .group = agent.empty() ? "gate" : "",
                     .agent = agent,
                     .what = std::move(what)});
  }
  void Describe() {
    RunDescription run;
    run.input = "street 2";
    run.samples = 4;
    run.classes = {"car", "person"};
    run.cameras = {"left", "right"};
    run.map_bytes = 128.0;
    run.jpeg_bytes = 400.0;
    ASSERT_TRUE(Add(0, run));
  }
  void Configure(double seconds = 0) {
    GroupConfig config;
    config.devices = 2;
    config.classes = {"car", "person"};
    ASSERT_TRUE(Add(seconds, config));
  }
  void Answer(double seconds, const SampleResult& result,
              std::optional<int> truth = std::nullopt) {
    ASSERT_TRUE(Add(seconds, RecordedEvent::Answer{result, truth}));
  }
  void Lose(double seconds, SampleId sample, std::optional<int> truth) {
    ASSERT_TRUE(Add(
        seconds, RecordedEvent::Loss{{sample, LossReason::kOverload}, truth}));
  }
  void State(double seconds, int device, bool online, bool camera_up = true) {
    AgentState state{.online = online, .tier = "device", .group = "gate"};
    state.device = device;
    state.camera_up = camera_up;
    ASSERT_TRUE(Add(seconds, state, "pi" + std::to_string(device)));
  }
  void Counters(double seconds, int device, std::uint64_t bytes) {
    ASSERT_TRUE(Add(seconds,
                    AgentCounters{{"sent_score_payload_bytes", bytes},
                                  {"sent_score_mqtt_bytes", bytes + 8}},
                    "pi" + std::to_string(device)));
  }
  RunFigures Finish() const { return run_.Finish("a test"); }

  RecordedRun run_{"", ""};
};

SampleResult CloudResult(Tick tick, int label) {
  SampleResult result = ResultOf(tick, 0, label);
  result.exit = Tier::kCloud;
  result.latency_ms = 20;
  result.content_bytes = 264;
  return result;
}

TEST_F(RecordedRunTest, EverySampleEndsOnce) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar));
  Answer(1, ResultOf(1, 1, kCar));
  Answer(2, CloudResult(2, kCar));
  SampleResult fallback = CloudResult(3, kCar);
  fallback.status = ResultStatus::kFallback;
  Answer(2, fallback);
  Lose(3, {4, 0}, std::nullopt);
  const RunFigures figures = Finish();
  EXPECT_THAT(figures.outcomes, ElementsAre(2, 0, 1, 1, 1));
  EXPECT_EQ(figures.samples(), 5);
  EXPECT_EQ(figures.results(), 4);
  EXPECT_EQ(figures.losses.at("overload"), 1);
  EXPECT_EQ(figures.title, "yard/gate");
  std::int64_t over_time = 0;
  for (const auto& interval : figures.intervals) {
    for (const std::int64_t count : interval.outcomes) over_time += count;
  }
  EXPECT_EQ(over_time, 5);
}

TEST_F(RecordedRunTest, RepeatsDoNotCountTwice) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar), kCar);
  Answer(2, ResultOf(1, 0, kPerson), kCar);
  Lose(3, {1, 0}, kCar);
  EXPECT_EQ(Finish().samples(), 1);
  EXPECT_EQ(Finish().repeats, 2);
  EXPECT_EQ(Finish().right.correct, 1);
}

TEST_F(RecordedRunTest, TruthGivesAccuracyAndConfusion) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar), kCar);
  Answer(1, ResultOf(2, 0, kCar), kPerson);
  Answer(1, ResultOf(3, 0, kPerson), kPerson);
  Lose(1, {4, 0}, kPerson);
  const RunFigures figures = Finish();
  EXPECT_EQ(figures.right.correct, 2);
  EXPECT_EQ(figures.right.total, 4);
  EXPECT_THAT(figures.confusion,
              ElementsAre(ElementsAre(1, 0, 0), ElementsAre(1, 1, 1)));
  EXPECT_EQ(figures.by_class[kPerson].first, "person");
  EXPECT_EQ(figures.by_class[kPerson].second.correct, 1);
  EXPECT_EQ(figures.by_class[kPerson].second.total, 3);
}

TEST_F(RecordedRunTest, ClassesThatCameLaterDoNotFitIn) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar), kCar);
  Answer(1, ResultOf(2, 0, /*label=*/2), kCar);
  Answer(1, ResultOf(3, 0, kCar), /*truth=*/2);
  EXPECT_EQ(Finish().right.total, 1);
  EXPECT_EQ(Finish().samples(), 3);
}

TEST_F(RecordedRunTest, BytesArePerDeviceSample) {
  Describe();
  Configure();
  for (const int device : {0, 1}) {
    State(0, device, true);
    Counters(0, device, 16);
    Counters(2, device, 100);
  }
  Answer(1, ResultOf(1, 0, kCar));
  Answer(1, CloudResult(2, kCar));
  const RunFigures figures = Finish();
  EXPECT_THAT(figures.BytesOf("raw"), Optional(3072.0));
  EXPECT_THAT(figures.BytesOf("raw_seen"), Optional(3072.0));
  EXPECT_THAT(figures.BytesOf("jpeg"), Optional(400.0));
  // 4|C| + (1 - l) f o / 8 with |C| = 2, l = 1/2.
  EXPECT_THAT(figures.BytesOf("formula"), Optional(8 + 64.0));
  EXPECT_THAT(figures.BytesOf("content"), Optional((8 + 264) / 4.0));
  EXPECT_THAT(figures.BytesOf("payload"), Optional(50.0));
  EXPECT_THAT(figures.BytesOf("mqtt"), Optional(54.0));
}

TEST_F(RecordedRunTest, CountersFromBeforeTheRecordingDoNotCount) {
  Configure();
  for (const int device : {0, 1}) {
    State(0, device, true);
    Counters(0, device, 1000);
    Counters(2, device, 1100);
  }
  Answer(1, ResultOf(1, 0, kCar));
  EXPECT_THAT(Finish().BytesOf("payload"), Optional(100.0));
  EXPECT_EQ(Finish().BytesOf("formula"), std::nullopt);
}

TEST_F(RecordedRunTest, DeviceThatStartsAnewHasSentWhatItCountedBeforeToo) {
  Configure();
  for (const int device : {0, 1}) {
    State(0, device, true);
    Counters(0, device, 1000);
    Counters(2, device, 51'000);
    Counters(3, device, 100);  // started anew
    Counters(5, device, 20'000);
  }
  Answer(5, ResultOf(1, 0, kCar));
  EXPECT_THAT(Finish().BytesOf("payload"), Optional(50'000.0 + 20'000));
  // Whole packets: eight bytes more in each life, the first had them before.
  EXPECT_THAT(Finish().BytesOf("mqtt"), Optional(50'000.0 + 20'008));
}

TEST_F(RecordedRunTest, DeviceThatHasJustStartedAnewStillTells) {
  Describe();
  Configure();
  for (const int device : {0, 1}) {
    State(0, device, true);
    Counters(2, device, 100);
    ASSERT_TRUE(Add(3, AgentCounters{}, "pi" + std::to_string(device)));
  }
  Answer(1, ResultOf(1, 0, kCar));
  EXPECT_THAT(Finish().BytesOf("payload"), Optional(100.0));
}

TEST_F(RecordedRunTest, WireBytesAreUnknownUnlessEveryDeviceTells) {
  Configure();
  State(0, 0, true);
  Counters(2, 0, 100);
  Answer(1, ResultOf(1, 0, kCar));
  EXPECT_EQ(Finish().BytesOf("payload"), std::nullopt);
}

TEST_F(RecordedRunTest, AgentsComeAndGo) {
  Configure();
  State(0, 0, true);
  State(2, 0, true, /*camera_up=*/false);
  State(3, 0, false);
  Answer(10, ResultOf(1, 0, kCar));
  const auto figures = Finish();
  ASSERT_THAT(figures.agents, SizeIs(1));
  const auto& agent = figures.agents[0];
  EXPECT_EQ(agent.name, "pi0");
  ASSERT_THAT(agent.stretches, SizeIs(3));
  EXPECT_EQ(agent.stretches[1].presence, RunFigures::Presence::kCameraDown);
  EXPECT_DOUBLE_EQ(agent.stretches[1].to_s, 3);
  EXPECT_DOUBLE_EQ(agent.stretches[2].to_s, 10);
  EXPECT_THAT(agent.Available(), Optional(0.2));
  EXPECT_THAT(agent.seen, Optional(1));
}

TEST_F(RecordedRunTest, DescribedRunLastsFromItsConfigurationToItsLastSample) {
  Describe();
  State(0.5, 0, true);
  Configure(2);
  Answer(5, ResultOf(1, 0, kCar));
  State(6, 0, false);
  const auto figures = Finish();
  EXPECT_DOUBLE_EQ(figures.seconds, 3);
  ASSERT_THAT(figures.agents[0].stretches, SizeIs(1));
  EXPECT_THAT(figures.agents[0].Available(), Optional(1.0));
  EXPECT_EQ(figures.agents[0].camera, "left");
  EXPECT_THAT(figures.notes, Contains(HasSubstr("3 of the 4 samples")));
}

TEST_F(RecordedRunTest, SecondGroupMustBeChosen) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar));
  const RecordedEvent other{kStart, "yard", "door", "",
                            RecordedEvent::Answer{ResultOf(1, 0, 0), {}}};
  const auto added = run_.Add(other);
  ASSERT_FALSE(added);
  EXPECT_THAT(added.message(), HasSubstr("yard/gate and yard/door"));
  RecordedRun chosen("", "gate");
  EXPECT_TRUE(chosen.Add(other));
  EXPECT_EQ(chosen.samples(), 0);
}

TEST_F(RecordedRunTest, AgentsAreBounded) {
  Configure();
  for (std::size_t i = 0; i < RecordedRun::kMaxAgents + 10; ++i) {
    AgentState state{.online = true, .tier = "edge", .group = "gate"};
    ASSERT_TRUE(Add(0, state, "a" + std::to_string(i)));
  }
  Answer(1, ResultOf(1, 0, kCar));
  EXPECT_THAT(Finish().agents, SizeIs(RecordedRun::kMaxAgents));
  EXPECT_THAT(Finish().notes, Contains(HasSubstr("left out")));
}

TEST_F(RecordedRunTest, TicksThatWereNeverHeardAreTold) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar), kCar);
  ASSERT_TRUE(Add(2, TicksUnheard{1000, 1090, {0, 1}}));
  ASSERT_TRUE(Add(3, TicksUnheard{0xFFFFFFFF, 0, {1}}));  // ticks wrap
  const RunFigures figures = Finish();
  EXPECT_EQ(figures.samples(), 1);
  EXPECT_THAT(figures.agents, IsEmpty());
  EXPECT_THAT(figures.notes, ElementsAre(HasSubstr("Of 93 ticks")));
}

TEST_F(RecordedRunTest, MalformedLinesAreTold) {
  Configure();
  Answer(1, ResultOf(1, 0, kCar), kCar);
  EXPECT_THAT(Finish().notes, IsEmpty());
  run_.AddMalformed("line 3: not a JSON object");
  run_.AddMalformed("line 4: another");
  EXPECT_THAT(Finish().notes,
              ElementsAre(HasSubstr("2 lines were not understood; the first: "
                                    "line 3: not a JSON object")));
}

}  // namespace
}  // namespace ddnn

// Views in, scores and maps out, and what is counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/metrics_page.h"
#include "tests/unit/device_agent/device_pipeline_fixture.h"

namespace ddnn {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using DevicePipelineTest = DevicePipelineFixture;

TEST_F(DevicePipelineTest, ScoresAreThoseOfTheNetwork) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  const auto scores = Scores();
  ASSERT_THAT(scores, SizeIs(1));
  ASSERT_THAT(scores[0].ticks, SizeIs(1));
  const TickScores& tick = scores[0].ticks[0];
  EXPECT_EQ(tick.tick, kFirst);
  ASSERT_THAT(tick.views, SizeIs(2));
  for (const auto& scores_of : tick.views) {
    const View view = RandomView(kFirst * 1000 + scores_of.object);
    EXPECT_EQ(scores_of.sums, network_.RunDevice(kDevice, view).sums);
  }
  EXPECT_EQ(tick.views[1].object, 3);
}

TEST_F(DevicePipelineTest, ScoresTravelOnceWithAnAlias) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  const auto messages = Published(topics_.Score("cam"));
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].qos, Qos::kAtMostOnce);
  EXPECT_FALSE(messages[0].retain);
  EXPECT_TRUE(messages[0].alias);
}

TEST_F(DevicePipelineTest, TickWithoutViewsIsReported) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {}), kNow);
  ASSERT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Scores()[0].ticks[0].views, IsEmpty());
}

TEST_F(DevicePipelineTest, SequenceCountsMessages) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {}), kNow);
  const auto scores = Scores();
  ASSERT_THAT(scores, SizeIs(2));
  EXPECT_EQ(scores[1].sequence, scores[0].sequence + 1);
}

TEST_F(DevicePipelineTest, BatchWaitsForItsTime) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  pipeline_->OnTime(kNow);  // the counters
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {0, 1}), kNow + milliseconds(40));
  EXPECT_EQ(pipeline_->NextDeadline(), kNow + milliseconds(100));
  pipeline_->OnTime(kNow + milliseconds(99));
  EXPECT_THAT(Scores(), IsEmpty());
  pipeline_->OnTime(kNow + milliseconds(100));
  ASSERT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Scores()[0].ticks, SizeIs(2));
}

TEST_F(DevicePipelineTest, UnpacedBatchClosesWithItsWindow) {
  options_.batch = milliseconds(100);
  StartGroup();
  for (Tick i = 0; i < 4; ++i) {
    EXPECT_THAT(Scores(), IsEmpty());
    pipeline_->OnViews(Views(kFirst + i, {0}), kNow);
  }
  ASSERT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Scores()[0].ticks, SizeIs(4));
}

TEST_F(DevicePipelineTest, LargestBatchFitsIntoAMessage) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  std::vector<ObjectNumber> objects(kMaxObjectsPerTick);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    objects[i] = static_cast<ObjectNumber>(i);
  }
  for (Tick i = 0; Scores().empty(); ++i) {
    pipeline_->OnViews(Views(kFirst + i, objects), kNow);
  }
  EXPECT_GT(Scores()[0].ticks.size(), 1U);
}

TEST_F(DevicePipelineTest, RequestIsAnsweredFromTheRing) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  Ask({{kFirst, 3}});
  const auto maps = Maps();
  ASSERT_THAT(maps, SizeIs(1));
  EXPECT_EQ(maps[0].sample, (SampleId{kFirst, 3}));
  EXPECT_EQ(maps[0].map,
            network_.RunDevice(kDevice, RandomView(kFirst * 1000 + 3)).map);
  EXPECT_TRUE(Published(topics_.Feature("cam"))[0].alias);
}

TEST_F(DevicePipelineTest, EachMapIsItsOwnMessage) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {1}), kNow);
  Ask({{kFirst, 0}, {kFirst, 3}, {kFirst + 1, 1}});
  EXPECT_THAT(Maps(), SizeIs(3));
}

TEST_F(DevicePipelineTest, ObjectThatItDoesNotSeeIsNotAnswered) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  Ask({{kFirst, 1}});
  EXPECT_THAT(Maps(), IsEmpty());
  EXPECT_EQ(Counter("map_not_in_ring"), 0U);
}

TEST_F(DevicePipelineTest, TickThatItForgotIsCounted) {
  StartGroup();
  for (Tick i = 0; i < 4; ++i) {
    pipeline_->OnViews(Views(kFirst + i, {0}), kNow);
  }
  Ask({{kFirst, 0}, {kFirst + 1, 0}});  // the ring holds three ticks
  ASSERT_THAT(Maps(), SizeIs(1));
  EXPECT_EQ(Maps()[0].sample.tick, kFirst + 1);
  EXPECT_EQ(Counter("map_not_in_ring"), 1U);
}

TEST_F(DevicePipelineTest, DecidedTicksAreForgotten) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {0}), kNow);
  TellDecided(kFirst);
  Ask({{kFirst, 0}});
  EXPECT_THAT(Maps(), IsEmpty());
  Ask({{kFirst + 1, 0}});
  EXPECT_THAT(Maps(), SizeIs(1));
}

TEST_F(DevicePipelineTest, LostConnectionDropsAndCountsScores) {
  StartGroup();
  broker_.Cut("cam");
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_FALSE(pipeline_->ending().has_value());
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Counter("unsent_offline"), 1U);
  EXPECT_EQ(Counter("sent_score_messages"), 0U);
  broker_.Reconnect("cam");
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_THAT(Scores(), SizeIs(1));
}

TEST_F(DevicePipelineTest, CountersAddUpWhatWasSent) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {}), kNow);
  Ask({{kFirst, 0}});
  pipeline_->OnTime(kNow);
  const auto scores = Published(topics_.Score("cam"));
  const auto maps = Published(topics_.Feature("cam"));
  EXPECT_EQ(Counter("ticks"), 2U);
  EXPECT_EQ(Counter("views"), 2U);
  EXPECT_EQ(Counter("received_request_messages"), 1U);
  EXPECT_EQ(Counter("sent_score_messages"), 2U);
  EXPECT_EQ(Counter("sent_score_payload_bytes"),
            scores[0].payload.size() + scores[1].payload.size());
  EXPECT_GT(Counter("sent_score_mqtt_bytes"),
            Counter("sent_score_payload_bytes"));
  EXPECT_EQ(Counter("sent_feature_messages"), 1U);
  EXPECT_EQ(Counter("sent_feature_payload_bytes"), maps[0].payload.size());
  EXPECT_GT(Counter("sent_feature_mqtt_bytes"),
            Counter("sent_feature_payload_bytes"));
  // Two views of three classes, and a map of 4 x 32 bytes.
  EXPECT_EQ(Counter("content_bytes"), 2U * 2U * 3U + 128U);
}

TEST_F(DevicePipelineTest,
       CountersArePublishedOnceInTenSecondsWhileTheyChange) {
  const std::string info = AgentTopics("s", "cam").Info();
  StartGroup();
  pipeline_->OnTime(kNow);
  ASSERT_THAT(Published(info), SizeIs(1));
  EXPECT_TRUE(Published(info)[0].retain);

  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->OnTime(kNow + milliseconds(9999));
  EXPECT_THAT(Published(info), SizeIs(1));
  pipeline_->OnTime(kNow + milliseconds(10000));
  ASSERT_THAT(Published(info), SizeIs(2));
  const auto counters = DecodeAgentInfo(Published(info)[1].payload);
  ASSERT_TRUE(counters.ok()) << counters.message();
  EXPECT_EQ(*counters, pipeline_->counters());
  EXPECT_EQ(counters->at("ticks"), 1U);

  pipeline_->OnTime(kNow + milliseconds(50000));
  EXPECT_THAT(Published(info), SizeIs(2));
}

TEST_F(DevicePipelineTest, TheEdgesAnswerTellsHowFarTheClocksAreApart) {
  StartGroup();
  EXPECT_EQ(pipeline_->NextDeadline(), Instant{});
  pipeline_->OnTime(kNow - milliseconds(20));
  const auto questions = Published(topics_.Clock("cam"));
  ASSERT_THAT(questions, SizeIs(1));
  const auto question = DecodeClockQuestion(questions[0].payload);
  ASSERT_TRUE(question.ok());
  EXPECT_EQ(question->asked, kNow - milliseconds(20));
  // Heard after 10 ms by a clock that is 500 ms ahead; answered at kNow.
  const ClockAnswer answer{question->asked, kNow + milliseconds(490)};
  const std::string topic = AgentTopics("s", "cam").Command("clock");
  Tell(topic, EncodeClockAnswer(answer));
  const MetricsPage page(metrics_.registry.Render());
  EXPECT_NEAR(page.Value("ddnn_clock_offset_seconds"), -0.5, 1e-9);
  EXPECT_NEAR(page.Value("ddnn_clock_error_seconds"), 0.01, 1e-9);
  Tell(topic, EncodeClockAnswer(answer));  // nobody asked again
  EXPECT_EQ(Rejected("out_of_range"), 1U);
}

TEST_F(DevicePipelineTest, WithoutAnAnswerItSaysAgainThatItIsThere) {
  StartGroup();
  const std::string state = AgentTopics("s", "cam").State();
  pipeline_->OnTime(kNow - 2 * ClockProbe::kFirstPeriod);
  EXPECT_THAT(Published(state), SizeIs(1));
  pipeline_->OnTime(kNow - ClockProbe::kFirstPeriod);
  ASSERT_THAT(Published(state), SizeIs(2));
  EXPECT_EQ(Published(state)[1].payload, Published(state)[0].payload);
  const auto question =
      DecodeClockQuestion(Published(topics_.Clock("cam")).back().payload);
  Tell(AgentTopics("s", "cam").Command("clock"),
       EncodeClockAnswer({question->asked, kNow}));
  pipeline_->OnTime(kNow);
  EXPECT_THAT(Published(topics_.Clock("cam")), SizeIs(3));
  EXPECT_THAT(Published(state), SizeIs(2));
}

TEST_F(DevicePipelineTest, TheSourcesClockFollowsTheEdges) {
  const SystemClock own;
  EdgeClock edge_clock(own);
  options_.edge_clock = &edge_clock;
  StartGroup(25.0);
  pipeline_->OnTime(kNow - milliseconds(20));
  Tell(AgentTopics("s", "cam").Command("clock"),
       EncodeClockAnswer({kNow - milliseconds(20), kNow + milliseconds(490)}));
  EXPECT_EQ(edge_clock.offset(), milliseconds(-500));
  // An image that was taken 20 ms ago, by the edge's clock.
  TickViews views = Views(kFirst, {0});
  views.captured = kNow + milliseconds(480);
  pipeline_->OnViews(views, kNow);
  const MetricsPage page(metrics_.registry.Render());
  EXPECT_NEAR(page.Value(R"(ddnn_stage_duration_seconds_sum{stage="view"})"),
              0.02, 1e-6);
}

TEST_F(DevicePipelineTest, FinishSendsWhatIsLeft) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  source_.told_stats = {.frames_captured = 9,
                        .frames_replaced = 3,
                        .frames_unreadable = 5,
                        .ticks_missed = 2,
                        .restarts = 1};
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->Finish();
  EXPECT_THAT(Scores(), SizeIs(1));
  const auto info = Published(AgentTopics("s", "cam").Info());
  ASSERT_THAT(info, SizeIs(1));
  const auto counters = DecodeAgentInfo(info[0].payload);
  EXPECT_EQ(counters->at("sent_score_messages"), 1U);
  EXPECT_EQ(counters->at("frames_captured"), 9U);
  const MetricsPage page(metrics_.registry.Render());
  EXPECT_EQ(page.Value("ddnn_frames_captured_total"), 9);
  EXPECT_EQ(counters->at("frames_replaced"), 3U);
  EXPECT_EQ(counters->at("skipped_ticks"), 5U);
  EXPECT_EQ(counters->at("ticks_missed"), 2U);
  EXPECT_EQ(counters->at("camera_restarts"), 1U);
}

TEST_F(DevicePipelineTest, CameraThatFallsOutIsToldOnceAndSendsNoScores) {
  StartGroup(25.0);
  const std::string state = AgentTopics("s", "cam").State();
  pipeline_->OnViews({.tick = 0, .views = {}, .camera_up = false}, kNow);
  pipeline_->OnViews({.tick = 0, .views = {}, .camera_up = false}, kNow);
  const auto told = Published(state);
  ASSERT_THAT(told, SizeIs(2));  // the first one after connecting
  EXPECT_TRUE(told[1].retain);
  const auto said = DecodeAgentState(told[1].payload);
  EXPECT_TRUE(said->online);
  EXPECT_FALSE(said->camera_up);
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Counter("ticks"), 0U);
}

TEST_F(DevicePipelineTest, CameraIsUpAgainBeforeItsFirstScores) {
  StartGroup(25.0);
  pipeline_->OnViews({.tick = 0, .views = {}, .camera_up = false}, kNow);
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_THAT(Scores(), SizeIs(1));
  const auto& log = broker_.log();
  ASSERT_GE(log.size(), 2U);
  EXPECT_TRUE(DecodeAgentState(log[log.size() - 2].payload)->camera_up);
}

TEST_F(DevicePipelineTest, BatchIsSentBeforeTheCameraIsToldDown) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  EXPECT_THAT(Scores(), IsEmpty());
  pipeline_->OnViews({.tick = 0, .views = {}, .camera_up = false}, kNow);
  EXPECT_THAT(Scores(), SizeIs(1));
  EXPECT_FALSE(DecodeAgentState(broker_.log().back().payload)->camera_up);
}

TEST_F(DevicePipelineTest, ReconnectSaysThatTheCameraIsStillDown) {
  Start();
  pipeline_->OnViews({.tick = 0, .views = {}, .camera_up = false}, kNow);
  broker_.Cut("cam");
  const auto states = Published(AgentTopics("s", "cam").State());
  broker_.Reconnect("cam");
  const auto again = Published(AgentTopics("s", "cam").State());
  ASSERT_GT(again.size(), states.size());
  EXPECT_FALSE(DecodeAgentState(again.back().payload)->camera_up);
}

}  // namespace
}  // namespace ddnn

#include "cli/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/recording_reader.h"
#include "core/bus/topics.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::Optional;

const std::vector<std::string> kClasses{"car", "person"};
const GroupTopics kTopics("yard", "gate");
const AgentTopics kAgent("yard", "pi3");
/// 1000.25 s after 1970.
const Instant kNow{milliseconds(1'000'250)};

BusMessage Config() {
  GroupConfig config;
  config.devices = 2;
  config.classes = kClasses;
  return {kTopics.Config(), EncodeGroupConfig(config), true};
}
BusMessage Answer(const SampleResult& result) {
  return {kTopics.Result(), EncodeResultJson(result, "gate", kClasses), false};
}
std::string LineOf(const BusMessage& message, const TruthOf& truth_of = {}) {
  const auto line = RecordedLine(message, kNow, truth_of);
  EXPECT_TRUE(line);
  return line.value_or("");
}
std::optional<std::string> IsAPerson(const SampleId&) { return "person"; }

RunDescription ExampleRun() {
  return {.input = "street 2",
          .network = "street-e",
          .hierarchy = "e",
          .samples = 57,
          .classes = kClasses,
          .cameras = {"left", "right"},
          .thresholds = {0.5, std::nullopt, 1.0},
          .map_bytes = 128.0,
          .jpeg_bytes = 452.5};
}

TEST(RecordingTest, LineNamesEventTimeAndPlaceBeforeTheMessagesFields) {
  const std::string line = LineOf(Answer(ResultOf(17, 2, 1)), IsAPerson);
  EXPECT_THAT(line, testing::StartsWith(
                        R"({"event":"result","time_s":1000.25,"site":"yard",)"
                        R"("group":"gate","truth":"person","v":1,)"));
}

TEST(RecordingTest, MessageCannotSayWhatTheLineSays) {
  BusMessage message = Config();
  message.payload = R"({"v":1,"event":"run","time_s":0,"site":"x"})";
  const json line = json::parse(LineOf(message));
  EXPECT_EQ(line["event"], "config");
  EXPECT_EQ(line["time_s"], 1000.25);
  EXPECT_EQ(line["site"], "yard");
}

TEST(RecordingTest, OtherTopicsAndOtherThanObjectsAreNotRecorded) {
  for (const BusMessage& message :
       {BusMessage{kTopics.Latest(), "{}", true},
        BusMessage{kTopics.Score("pi3"), "{}", false},
        BusMessage{"elsewhere", "{}", false},
        BusMessage{kTopics.Result(), "[]", false},
        BusMessage{kTopics.Result(), "\x1b[2J", false}}) {
    EXPECT_FALSE(RecordedLine(message, kNow)) << message.topic;
  }
}

TEST(RecordingTest, RunSurvives) {
  RecordingReader reader;
  const auto event = reader.Read(RunLine(ExampleRun(), kNow));
  ASSERT_TRUE(event) << event.message();
  EXPECT_EQ(event->time_s, 1000.25);
  const auto& run = std::get<RunDescription>(event->what);
  EXPECT_EQ(run.network, "street-e");
  EXPECT_EQ(run.hierarchy, "e");
  EXPECT_EQ(run.samples, 57);
  EXPECT_EQ(run.classes, kClasses);
  EXPECT_THAT(run.cameras, ElementsAre("left", "right"));
  EXPECT_EQ(run.thresholds, ExampleRun().thresholds);
  EXPECT_THAT(run.map_bytes, Optional(128.0));
  EXPECT_THAT(run.jpeg_bytes, Optional(452.5));
}

TEST(RecordingTest, ResultAndLossSurviveWithTheirTruth) {
  RecordingReader reader;
  ASSERT_TRUE(reader.Read(LineOf(Config())));
  const auto answer =
      reader.Read(LineOf(Answer(ResultOf(17, 2, 0)), IsAPerson));
  ASSERT_TRUE(answer) << answer.message();
  const auto& result = std::get<RecordedEvent::Answer>(answer->what);
  EXPECT_EQ(result.result.sample, (SampleId{17, 2}));
  EXPECT_EQ(result.result.label, 0);
  EXPECT_THAT(result.truth, Optional(1));
  const auto loss = reader.Read(
      LineOf({kTopics.Lost(),
              EncodeLossJson({{17, 3}, LossReason::kLate}, "gate"), false}));
  ASSERT_TRUE(loss) << loss.message();
  EXPECT_EQ(std::get<RecordedEvent::Loss>(loss->what).loss.reason,
            LossReason::kLate);
  EXPECT_FALSE(std::get<RecordedEvent::Loss>(loss->what).truth);
}

TEST(RecordingTest, TicksThatWereNotHeardSurvive) {
  RecordingReader reader;
  ASSERT_TRUE(reader.Read(LineOf(Config())));
  const auto loss = reader.Read(
      LineOf({kTopics.Lost(),
              EncodeLossJson(TicksUnheard{17, 19, {0, 1}}, "gate"), false}));
  ASSERT_TRUE(loss) << loss.message();
  EXPECT_EQ(std::get<TicksUnheard>(loss->what).last, 19U);
}

TEST(RecordingTest, AgentsStatesAndCountersSurvive) {
  RecordingReader reader;
  AgentState state{.online = true, .tier = "device", .group = "gate"};
  state.device = 1;
  const auto there =
      reader.Read(LineOf({kAgent.State(), EncodeAgentState(state), true}));
  ASSERT_TRUE(there) << there.message();
  EXPECT_EQ(there->agent, "pi3");
  EXPECT_TRUE(std::get<AgentState>(there->what).online);
  EXPECT_EQ(std::get<AgentState>(there->what).device, 1);
  const auto removed = reader.Read(LineOf({kAgent.State(), "", true}));
  ASSERT_TRUE(removed) << removed.message();
  EXPECT_FALSE(std::get<AgentState>(removed->what).online);
  const auto info = reader.Read(
      LineOf({kAgent.Info(), EncodeAgentInfo({{"score_messages", 7}}), true}));
  ASSERT_TRUE(info) << info.message();
  EXPECT_EQ(std::get<AgentCounters>(info->what).at("score_messages"), 7U);
}

TEST(RecordingTest, ResultBeforeItsGroupsConfigurationMeansNothing) {
  RecordingReader reader;
  const auto event = reader.Read(LineOf(Answer(ResultOf(17, 2, 1))));
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error(), Error::kNotFound);
}

TEST(RecordingTest, OddLinesAreRefused) {
  RecordingReader reader;
  const std::string good = LineOf(Config());
  for (const std::string& line :
       {std::string(), std::string("[]"), std::string("{}"),
        good.substr(0, good.size() / 2),
        std::string(R"({"event":"result","site":"yard"})"),
        std::string(R"({"event":"result","time_s":-1})"),
        std::string(R"({"event":"result","time_s":1e300})"),
        std::string(R"({"event":"dance","time_s":1})"),
        std::string(R"({"event":"run","time_s":1,"samples":-3})"),
        std::string(R"({"event":"run","time_s":1,"samples":5000000000})"),
        std::string(R"({"event":"state","time_s":1,"v":1})"),
        std::string(RecordingReader::kLineLimitBytes + 1, ' ')}) {
    EXPECT_FALSE(reader.Read(line)) << line.substr(0, 80);
  }
}

TEST(RecordingFileTest, LinesAreWritten) {
  const TempFolder folder;
  RecordingFile file(folder / "run.jsonl");
  file.Write("one");
  file.Write("two");
  file.Close();
  std::ifstream in(folder / "run.jsonl");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, "one\ntwo\n");
}

TEST(RecordingFileTest, FolderThatIsNotThereIsTheUsersMistake) {
  const TempFolder folder;
  EXPECT_THROW(RecordingFile(folder / "none" / "run.jsonl"), CommandError);
}

TEST(RecordingFileTest, FullDiskIsSaid) {
  RecordingFile file("/dev/full");
  file.Write("one");
  EXPECT_THROW(file.Close(), CommandError);
}

}  // namespace
}  // namespace ddnn

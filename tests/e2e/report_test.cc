// A recorded demo: its report, its traces, and its messages against the
// shipped schemas.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/recording_reader.h"
#include "core/base/exit_code.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/report_page.h"
#include "tests/e2e/running_demo.h"
#include "tests/support/schemas.h"

namespace ddnn {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A demo of the tiny data set, recorded from its first to its last message.
class ReportTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    run_ = new Run;
    auto arguments = run_->world.Arguments();
    arguments.insert(arguments.end(),
                     {"--samples", "60", "--record", Recording().string()});
    run_->demo = std::make_unique<RunningDemo>(arguments);
    ASSERT_EQ(run_->demo->AwaitEnd(), 0) << run_->demo->output();
  }
  static void TearDownTestSuite() { delete run_; }

  static std::filesystem::path Recording() {
    return run_->folder / "run.jsonl";
  }
  static json Summary() { return json::parse(run_->demo->summary()); }
  Finished Report(const std::filesystem::path& recording,
                  std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"report", recording.string(), "--out",
                               (folder_ / "page.html").string()});
    return RunDdnn(more);
  }
  std::string Page() const { return Slurp(folder_ / "page.html"); }
  std::filesystem::path Write(const std::string& text) const {
    std::ofstream(folder_ / "stream", std::ios::binary) << text;
    return folder_ / "stream";
  }

  const TempFolder folder_;

 private:
  struct Run {
    TinyWorld world{1};
    TempFolder folder;
    std::unique_ptr<RunningDemo> demo;
  };
  static inline Run* run_ = nullptr;
};

TEST_F(ReportTest, FiguresAreTheDemosOwn) {
  const Finished finished = Report(Recording());
  ASSERT_EQ(finished.code, 0) << finished.output;
  const json page = FiguresOf(Page());
  const json summary = Summary();
  for (const char* key :
       {"samples", "results", "lost", "duplicates", "by_class"}) {
    EXPECT_EQ(page[key], summary[key]) << key;
  }
  const double results = summary["results"];
  int sum = 0;
  for (const auto& [outcome, count] : page["outcomes"].items()) {
    sum += count.get<int>();
    if (outcome == "lost") continue;
    EXPECT_DOUBLE_EQ(count.get<double>() / results,
                     summary["exit_share"][outcome].get<double>());
  }
  EXPECT_EQ(sum, page["samples"]);
  EXPECT_EQ(page["accuracy"]["overall"], summary["accuracy"]["overall"]);
  EXPECT_EQ(page["accuracy"]["balanced"], summary["accuracy"]["balanced"]);
  for (const char* name : {"formula", "content", "payload", "mqtt"}) {
    EXPECT_DOUBLE_EQ(page["bytes"][name].get<double>(),
                     summary[std::string(name) + "_bytes"].get<double>())
        << name;
  }
  for (const char* exit : {"local", "edge", "cloud"}) {
    const json told = page["latency_ms"][exit]["p95"];
    const json real = summary["latency_ms"][exit]["p95"];
    ASSERT_EQ(told.is_null(), real.is_null()) << exit;
    if (real.is_null()) continue;
    EXPECT_NEAR(told.get<double>(), real.get<double>(),
                0.005 * real.get<double>());
  }
  EXPECT_EQ(page["notes"], json::array());
}

TEST_F(ReportTest, EveryRecordedMessageFitsItsSchema) {
  std::vector<Document> documents;
  for (const auto& line : LinesOf(Slurp(Recording()))) {
    const std::string event = json::parse(line)["event"];
    if (event != "run") documents.push_back({event, line});
  }
  ASSERT_GT(documents.size(), 60U);
  const auto verdicts = CheckAgainstSchemas(documents);
  if (!verdicts) GTEST_SKIP() << kNoJsonSchema;
  EXPECT_THAT(*verdicts, Each(std::string("ok")));
}

TEST_F(ReportTest, MalformedLinesAreCountedAndTold) {
  auto lines = LinesOf(Slurp(Recording()));
  lines.insert(lines.begin() + 2, "garbage");
  lines.push_back(std::string(1 << 20, 'x'));
  lines.push_back(lines[3].substr(0, lines[3].size() / 2));
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  const Finished finished = Report(Write(text));
  ASSERT_EQ(finished.code, 0) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("3 lines were not understood; the "
                                         "first: line 3: not a JSON object"));
  EXPECT_EQ(FiguresOf(Page())["samples"], Summary()["samples"]);
}

TEST_F(ReportTest, NothingToReportIsAClearError) {
  const std::string config = LinesOf(Slurp(Recording()))[0] + "\n";
  for (const auto& [text, words] :
       std::vector<std::pair<std::string, std::string>>{
           {"", "is empty"},
           {"\n\n", "no result and no loss in 2 lines"},
           {config, "no result and no loss in 1 lines"},
           {"PNG\n", "the first: line 1: not a JSON object"}}) {
    const Finished finished = Report(Write(text));
    EXPECT_EQ(finished.code, kExitData) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr(words));
  }
  EXPECT_EQ(Report(folder_ / "none").code, kExitUnavailable);
  EXPECT_EQ(Report(folder_.path()).code, kExitUnavailable);
  EXPECT_EQ(Report(Recording(), {"--group", "nope"}).code, kExitData);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "page.html"));
}

TEST_F(ReportTest, SeveralGroupsNeedAChoice) {
  std::string text = Slurp(Recording());
  for (const auto& line : LinesOf(Slurp(Recording()))) {
    json other = json::parse(line);
    if (!other.contains("group")) continue;
    other["group"] = "door";
    text += other.dump() + "\n";
  }
  const auto both = Write(text);
  const Finished finished = Report(both);
  EXPECT_EQ(finished.code, kExitData);
  EXPECT_THAT(finished.output, HasSubstr("demo/demo and demo/door"));
  ASSERT_EQ(Report(both, {"--group", "door"}).code, 0);
  EXPECT_EQ(FiguresOf(Page())["samples"], Summary()["samples"]);
}

TEST_F(ReportTest, BadArgumentsAreUsageErrors) {
  const std::string file = Recording().string();
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"report"},
           {"report", file, "--prometheus", "http://127.0.0.1:1"},
           {"report", file, "--range", "10m"},
           {"report", "--prometheus", "127.0.0.1:9090"},
           {"report", "--prometheus", "http://"},
           {"report", "--prometheus", "http://127.0.0.1:1", "--range", "10"},
           {"report", file, "--out", "/no/such/folder/page.html"},
           {"trace"},
           {"trace", "next"},
           {"trace", "12", "--from", file},
           {"trace", "1-2", "--exit", "edge", "--from", file},
           {"trace", "next", "--exit", "device", "--from", file},
           {"trace", "next", "--from", file, "--broker",
            "mqtt://127.0.0.1:1"}}) {
    const Finished finished = RunDdnn(arguments);
    EXPECT_EQ(finished.code, kExitUsage) << finished.output;
  }
}

TEST_F(ReportTest, TraceFindsARecordedSample) {
  std::string sample;
  std::string exit;
  for (const auto& line : LinesOf(Slurp(Recording()))) {
    const json event = json::parse(line);
    if (event["event"] != "result") continue;
    sample = event["sample"];
    exit = event["exit"];
  }
  const Finished one =
      RunDdnn({"trace", sample, "--from", Recording().string()});
  ASSERT_EQ(one.code, 0) << one.output;
  EXPECT_THAT(one.output, HasSubstr("sample " + sample + " of demo/demo"));
  EXPECT_THAT(one.output, HasSubstr("no more scores are awaited"));
  EXPECT_THAT(one.output, HasSubstr(" T "));
  EXPECT_THAT(one.output, HasSubstr("it is: "));
  const Finished next = RunDdnn(
      {"trace", "next", "--exit", exit, "--from", Recording().string()});
  EXPECT_EQ(next.code, 0) << next.output;
  EXPECT_THAT(next.output, HasSubstr(exit + " exit, ok"));
  const Finished none =
      RunDdnn({"trace", "1-1", "--from", Recording().string()});
  EXPECT_EQ(none.code, kExitData);
  EXPECT_THAT(none.output, HasSubstr("no such sample; 60 others"));
}

TEST(LiveTraceTest, FollowsTheNextSampleAndTellsWhatIsOver) {
  const TinyWorld world(1);
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(), {"--samples", "1200", "--rate", "25"});
  RunningDemo demo(arguments);
  ASSERT_TRUE(demo.AwaitAnswers()) << demo.output();
  const std::string broker = demo.broker_url();
  const Finished next = RunDdnn({"trace", "next", "--broker", broker,
                                 "--bundle", world.bundle_file.string()});
  ASSERT_EQ(next.code, 0) << next.output;
  EXPECT_THAT(next.output, HasSubstr("device0 sends scores: "));
  EXPECT_THAT(next.output, HasSubstr("device1 sends scores: "));
  EXPECT_THAT(next.output, HasSubstr(" B\n"));
  EXPECT_THAT(next.output, HasSubstr(" T "));
  const std::string sample =
      next.output.substr(7, next.output.find(' ', 7) - 7);
  const Finished over =
      RunDdnn({"trace", sample, "--broker", broker, "--timeout", "20"});
  EXPECT_EQ(over.code, kExitUnavailable);
  EXPECT_THAT(over.output, HasSubstr("sample " + sample + " is over"));
  const Finished nobody = RunDdnn({"trace", "next", "--broker", broker,
                                   "--group", "nope", "--timeout", "3"});
  EXPECT_EQ(nobody.code, kExitUnavailable);
  EXPECT_THAT(nobody.output, HasSubstr("no group was heard of"));
}

TEST(LiveTraceTest, BrokerThatIsNotThereIsNamed) {
  const Finished finished = RunDdnn(
      {"trace", "next", "--broker", "mqtt://127.0.0.1:1", "--timeout", "0.5"});
  EXPECT_EQ(finished.code, kExitUnavailable);
  EXPECT_THAT(finished.output,
              HasSubstr("mqtt://127.0.0.1:1: no broker answers there"));
}

TEST(WatchRecordingTest, WatchedStreamCanBeReported) {
  const TempFolder folder;
  const TinyWorld world(0);
  auto arguments = world.Arguments();
  arguments.insert(arguments.end(), {"--samples", "1200", "--rate", "25"});
  RunningDemo demo(arguments);
  ASSERT_TRUE(demo.AwaitAnswers()) << demo.output();
  auto watch = ChildProcess::Start("watch",
                                   {BuiltProgram("ddnn").string(), "watch",
                                    "--json", "--broker", demo.broker_url()},
                                   folder / "stream");
  ASSERT_TRUE(watch.ok());
  EXPECT_TRUE(Eventually([&folder] {
    return Slurp(folder / "stream").find("\"event\":\"result\"") !=
           std::string::npos;
  }));
  watch->Stop(milliseconds(5000));
  const Finished finished = RunDdnn({"report", (folder / "stream").string(),
                                     "--out", (folder / "page.html").string()});
  ASSERT_EQ(finished.code, 0) << finished.output;
  const json figures = FiguresOf(Slurp(folder / "page.html"));
  EXPECT_GE(figures["samples"], 1);
  EXPECT_TRUE(figures["accuracy"]["overall"].is_null());
  EXPECT_THAT(finished.output, HasSubstr("there is no accuracy"));
}

}  // namespace
}  // namespace ddnn

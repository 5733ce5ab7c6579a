#include "cli/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/wire/json.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kClasses{"car", "person"};
const GroupTopics kTopics("yard", "gate");

std::string Hear(WatchPrinter& printer, const std::string& topic,
                 const std::string& payload) {
  return printer.OnMessage({topic, payload, false}, Instant{});
}

void HearConfig(WatchPrinter& printer) {
  GroupConfig config;
  config.devices = 2;
  config.classes = kClasses;
  EXPECT_EQ(Hear(printer, kTopics.Config(), EncodeGroupConfig(config)), "");
}

std::string HearResult(WatchPrinter& printer, const SampleResult& result) {
  return Hear(printer, kTopics.Result(),
              EncodeResultJson(result, "gate", kClasses));
}

TEST(WatchTest, AResultIsOneReadableLine) {
  WatchPrinter printer({});
  HearConfig(printer);
  const std::string text = HearResult(printer, ResultOf(17, 2, 1));
  EXPECT_THAT(text, HasSubstr("yard/gate  sample 17-2  person"));
  EXPECT_THAT(text, HasSubstr("exit local"));
  EXPECT_THAT(text, HasSubstr("eta 0.250  seen by 0,1  2.0 ms"));
  EXPECT_THAT(text, Not(HasSubstr("missing")));
  EXPECT_THAT(text, EndsWith("\n"));
}

TEST(WatchTest, DegradedAndRepeatedResultsSaySo) {
  WatchPrinter printer({});
  HearConfig(printer);
  SampleResult result = ResultOf(17, 2, 1);
  result.status = ResultStatus::kDegraded;
  result.views_used = {0};
  result.views_missing = {1};
  result.again = true;
  EXPECT_THAT(HearResult(printer, result),
              EndsWith("missing 1  degraded  again\n"));
}

TEST(WatchTest, ResultsOfAGroupWithoutConfigurationAreCounted) {
  WatchPrinter printer({});
  EXPECT_EQ(HearResult(printer, ResultOf(17, 2, 1)), "");
  EXPECT_EQ(printer.rejected(), 1U);
}

TEST(WatchTest, LossesNameTheirReason) {
  WatchPrinter printer({});
  EXPECT_THAT(Hear(printer, kTopics.Lost(),
                   EncodeLossJson({{17, 2}, LossReason::kOverload}, "gate")),
              HasSubstr("sample 17-2  LOST: overload"));
}

TEST(WatchTest, AgentsComeAndGo) {
  WatchPrinter printer({});
  const AgentTopics agent("yard", "pi3");
  AgentState state;
  state.online = true;
  state.tier = "device";
  state.group = "gate";
  state.device = 3;
  EXPECT_THAT(Hear(printer, agent.State(), EncodeAgentState(state)),
              HasSubstr("yard  agent pi3 (device 3 of gate) is there"));
  state.online = false;
  EXPECT_THAT(Hear(printer, agent.State(), EncodeAgentState(state)),
              HasSubstr("is gone"));
  EXPECT_THAT(Hear(printer, agent.State(), ""), HasSubstr("removed"));
}

TEST(WatchTest, JsonIsOneObjectALineWithItsEvent) {
  WatchPrinter printer({.mqtt = {}, .json = true});
  const std::string text = HearResult(printer, ResultOf(17, 2, 1));
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["event"], "result");
  EXPECT_EQ(json["site"], "yard");
  EXPECT_EQ(json["class"], "person");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(WatchTest, GarbageIsCountedAndNeverPrinted) {
  for (const bool json : {false, true}) {
    WatchPrinter printer({.mqtt = {}, .json = json});
    if (!json) HearConfig(printer);
    for (const auto& topic :
         {kTopics.Result(), kTopics.Lost(), AgentTopics("yard", "a").State()}) {
      EXPECT_EQ(Hear(printer, topic, "\x1b[2Jgarbage"), "");
    }
    EXPECT_EQ(printer.rejected(), 3U);
  }
}

TEST(WatchTest, NamesCannotDriveTheTerminal) {
  WatchPrinter printer({});
  // Not by AgentTopics: it takes valid ids only, a stranger need not.
  EXPECT_THAT(Hear(printer, "ddnn/v1/yard/agent/x\x1b[2J/state", ""),
              Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace ddnn

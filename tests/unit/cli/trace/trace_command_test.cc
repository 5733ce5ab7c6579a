#include "cli/trace/trace_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/recording.h"
#include "core/base/file.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kClasses{"car", "person"};

std::string LineOf(const BusMessage& message) {
  return RecordedLine(message, Instant{}).value() + "\n";
}

std::string StateLine(const std::string& group, int device,
                      const std::string& agent) {
  AgentState state{.online = true, .tier = "device", .group = group};
  state.device = device;
  return LineOf(
      {AgentTopics("yard", agent).State(), EncodeAgentState(state), true});
}

TEST(TraceCommandTest, RecordedSampleIsAnsweredByItsOwnGroupsDevices) {
  GroupConfig config;
  config.devices = 2;
  config.classes = kClasses;
  const GroupTopics topics("yard", "gate");
  const TempFolder folder;
  const auto file = folder / "run.jsonl";
  ASSERT_TRUE(
      WriteFileAtomically(
          file,
          LineOf({topics.Config(), EncodeGroupConfig(config), true}) +
              StateLine("gate", 0, "gate-cam-0") +
              StateLine("gate", 1, "gate-cam-1") +
              StateLine("door", 0, "door-cam-0") +
              LineOf({topics.Result(),
                      EncodeResultJson(ResultOf(17, 2, 1), "gate", kClasses),
                      false}))
          .ok());
  TraceOptions options;
  options.sample = "17-2";
  options.recording = file;
  testing::internal::CaptureStdout();
  EXPECT_EQ(RunTrace(options), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              HasSubstr("answered from: gate-cam-0, gate-cam-1"));
}

}  // namespace
}  // namespace ddnn

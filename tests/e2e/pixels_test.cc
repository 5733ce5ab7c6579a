// No pixels leave unless the operator chose so: all that travels is decoded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "core/bus/topics.h"
#include "core/wire/wire.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

/// The kinds of topics that were heard, with how often pixels were on them.
struct Heard {
  int messages = 0;
  int of_pixels = 0;
};

/// Decodes what a message may be, by its topic; JSON is for people.
void Decode(const Codec& codec, const ParsedTopic& topic,
            const std::string& payload, Heard* heard) {
  ++heard->messages;
  bool ok = true;
  if (topic.kind == "score") ok = codec.DecodeScores(payload, 0).ok();
  if (topic.kind == "feature") ok = codec.DecodeMap(payload, 0).ok();
  if (topic.kind == "request") ok = codec.DecodeRequest(payload).ok();
  if (topic.kind == "decided") ok = codec.DecodeDecided(payload).ok();
  if (topic.kind == "answer") ok = codec.DecodeCloudAnswer(payload).ok();
  if (topic.kind == "result-fb") ok = codec.DecodeResult(payload).ok();
  if (topic.kind == "offload") {
    ok = codec.DecodeOffload(payload).ok();
    ++heard->of_pixels;
  }
  if (topic.kind == "ask") {
    const auto ask = codec.DecodeCloudAsk(payload);
    ok = ask.ok();
    if (ok && ask->offload != Offload::kNone) ++heard->of_pixels;
  }
  EXPECT_TRUE(ok) << topic.kind;
}

class PixelsTest : public ::testing::Test {
 protected:
  /// Listens to everything while a demo answers for a while.
  Heard Listen(const std::vector<std::string>& more) {
    auto arguments = world_.Arguments();
    arguments.insert(arguments.end(), {"--samples", "200", "--rate", "25"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    RunningDemo demo(arguments);
    Heard heard;
    if (!demo.AwaitAnswers()) return heard;
    Listener listener(demo.broker_url(), "#");
    EXPECT_TRUE(listener.AwaitConnection());
    device_log_ = Slurp(demo.demo_folder() / "device0.log");
    EXPECT_EQ(demo.AwaitEnd(), 0) << demo.output();
    const Codec codec(world_.bundle);
    for (const auto& [name, payload] : listener.Last()) {
      const auto topic = ParseTopic(name);
      EXPECT_TRUE(topic.has_value()) << name;
      if (topic) Decode(codec, *topic, payload, &heard);
    }
    return heard;
  }

  const TinyWorld world_;
  std::string device_log_;
};

TEST_F(PixelsTest, NoneLeaveByDefault) {
  const Heard heard = Listen({});
  EXPECT_GT(heard.messages, 10);
  EXPECT_EQ(heard.of_pixels, 0);
  EXPECT_EQ(device_log_.find("pixels_leave"), std::string::npos);
}

TEST_F(PixelsTest, TheyLeaveWhereTheOperatorChoseAndThatIsSaidLoudly) {
  const Heard heard = Listen({"--offload", "jpeg"});
  EXPECT_EQ(heard.of_pixels, 3);  // two devices, and the edge's asks
  EXPECT_THAT(device_log_, HasSubstr("pixels_leave"));
}

}  // namespace
}  // namespace ddnn

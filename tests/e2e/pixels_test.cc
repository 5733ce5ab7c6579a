// No pixels leave unless the operator chose so: all that travels is decoded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "core/offload/encoded_view.h"
#include "core/wire/clock.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/running_demo.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

// Messages: some seconds of a demo.
constexpr int kEnough = 500;

/// What was heard: messages by kind, and how many of them carried pixels.
struct Heard {
  std::map<std::string, int> messages;
  int of_pixels = 0;

  std::set<std::string> kinds() const {
    std::set<std::string> names;
    for (const auto& [kind, count] : messages) names.insert(kind);
    return names;
  }
  int all() const {
    int sum = 0;
    for (const auto& [kind, count] : messages) sum += count;
    return sum;
  }
};

/// A client of a demo's broker that decodes every message as it arrives; one
/// that it cannot decode, or of a kind that it does not know, fails the test.
class Wiretap {
 public:
  /// \param bundle  borrowed.
  Wiretap(const std::string& url, const Bundle& bundle)
      : bundle_(bundle), codec_(bundle) {
    MqttConfig config;
    config.url = url;
    bus_ = MakePahoBus(config, "test-wiretap");
    bus_->Subscribe("#", Qos::kAtLeastOnce);
    bus_->Start([this](const BusEvent& event) {
      const std::lock_guard lock(mutex_);
      if (const auto* message = std::get_if<BusMessage>(&event)) {
        Take(*message);
      }
    });
  }
  ~Wiretap() { bus_->Stop(); }
  Wiretap(const Wiretap&) = delete;
  Wiretap& operator=(const Wiretap&) = delete;

  Heard heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  using Decoder = std::function<bool(const std::string& payload, int node)>;

  void Take(const BusMessage& message) {
    const auto topic = ParseTopic(message.topic);
    const auto decoder =
        topic ? decoders_.find(std::string(topic->kind)) : decoders_.end();
    if (decoder == decoders_.end()) {
      ADD_FAILURE() << "unknown topic " << message.topic;
      return;
    }
    ++heard_.messages[decoder->first];
    EXPECT_TRUE(decoder->second(message.payload, NodeOf(topic->agent)))
        << message.topic;
  }
  /// Of an agent that sends scores or maps: a device, or the only branch.
  int NodeOf(std::string_view agent) const {
    for (int i = 0; i < bundle_.device_count(); ++i) {
      if (agent == "device" + std::to_string(i)) return i;
    }
    return bundle_.device_count() + 1;
  }
  bool DecodesOffload(const std::string& payload) {
    ++heard_.of_pixels;
    return codec_.DecodeOffload(payload).ok();
  }
  bool DecodesPreview(const std::string& payload) {
    ++heard_.of_pixels;
    return DecodeView(payload, Offload::kJpeg).ok();
  }
  bool DecodesAsk(const std::string& payload) {
    const auto ask = codec_.DecodeCloudAsk(payload);
    if (ask && ask->offload != Offload::kNone) ++heard_.of_pixels;
    return ask.ok();
  }

  const Bundle& bundle_;
  const Codec codec_;
  const Decoder scores_ = [this](const auto& payload, int node) {
    return codec_.DecodeScores(payload, node).ok();
  };
  const Decoder map_ = [this](const auto& payload, int node) {
    return codec_.DecodeMap(payload, node).ok();
  };
  const Decoder request_ = [this](const auto& payload, int) {
    return codec_.DecodeRequest(payload).ok();
  };
  const Decoder result_ = [this](const auto& payload, int) {
    return DecodeResultJson(payload, bundle_.classes).ok();
  };
  const std::map<std::string, Decoder> decoders_{
      {"score", scores_},
      {"relay", scores_},
      {"edge-score", scores_},
      {"request", request_},
      {"edge-request", request_},
      {"result", result_},
      {"latest", result_},
      {"feature", map_},
      {"edge-feature", map_},
      {"clock", [](const auto& payload,
                   int) { return DecodeClockQuestion(payload).ok(); }},
      {"cmd", [](const auto& payload,
                 int) { return DecodeClockAnswer(payload).ok(); }},
      {"decided", [this](const auto& payload,
                         int) { return codec_.DecodeDecided(payload).ok(); }},
      {"answer",
       [this](const auto& payload, int) {
         return codec_.DecodeCloudAnswer(payload).ok();
       }},
      {"result-fb", [this](const auto& payload,
                           int) { return codec_.DecodeResult(payload).ok(); }},
      {"preview",
       [this](const auto& payload, int) { return DecodesPreview(payload); }},
      {"offload",
       [this](const auto& payload, int) { return DecodesOffload(payload); }},
      {"ask", [this](const auto& payload, int) { return DecodesAsk(payload); }},
      {"config", [](const auto& payload,
                    int) { return DecodeGroupConfig(payload).ok(); }},
      {"lease",
       [](const auto& payload, int) { return DecodeLease(payload).ok(); }},
      {"lost",
       [](const auto& payload, int) { return DecodeLossJson(payload).ok(); }},
      {"state",
       [](const auto& payload, int) { return DecodeAgentState(payload).ok(); }},
      {"info",
       [](const auto& payload, int) { return DecodeAgentInfo(payload).ok(); }}};

  std::mutex mutex_;
  Heard heard_;               // guarded by mutex_
  std::unique_ptr<Bus> bus_;  // the last: it speaks to all the others
};

class PixelsTest : public ::testing::Test {
 protected:
  /// Listens to everything that a demo says until there were these kinds, and
  /// enough of all.
  Heard ListenUntil(const std::set<std::string>& kinds, const TinyWorld& world,
                    const std::vector<std::string>& more = {}) {
    auto arguments = world.Arguments();
    arguments.insert(arguments.end(), {"--samples", "5000", "--rate", "25"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    RunningDemo demo(arguments);
    if (!demo.AwaitAnswers()) return {};
    Wiretap wiretap(demo.broker_url(), world.bundle);
    EXPECT_TRUE(Eventually([&] {
      const Heard heard = wiretap.heard();
      return heard.all() > kEnough &&
             std::ranges::includes(heard.kinds(), kinds);
    })) << ::testing::PrintToString(wiretap.heard().kinds());
    device_log_ = Slurp(demo.demo_folder() / "device0.log");
    demo.process().Signal(SIGINT);
    EXPECT_EQ(demo.AwaitEnd(), 0) << demo.output();
    return wiretap.heard();
  }

  std::string device_log_;
};

TEST_F(PixelsTest, NoneLeaveByDefault) {
  const Heard heard =
      ListenUntil({"ask", "answer", "config", "decided", "feature", "request",
                   "result", "result-fb", "score"},
                  TinyWorld());
  EXPECT_GT(heard.messages.at("score"), 10);
  EXPECT_EQ(heard.of_pixels, 0);
  EXPECT_EQ(heard.messages.count("preview"), 0U);
  EXPECT_EQ(device_log_.find("pixels_leave"), std::string::npos);
  EXPECT_EQ(device_log_.find("preview_on"), std::string::npos);
}

TEST_F(PixelsTest, NoneLeaveAmongSeveralEdges) {
  const Heard heard =
      ListenUntil({"relay", "score", "feature", "edge-score"}, TinyWorld(2));
  EXPECT_EQ(heard.of_pixels, 0);
  EXPECT_EQ(device_log_.find("pixels_leave"), std::string::npos);
}

TEST_F(PixelsTest, TheyLeaveWhereTheOperatorChoseAndThatIsSaidLoudly) {
  const Heard heard =
      ListenUntil({"ask", "offload"}, TinyWorld(), {"--offload", "jpeg"});
  EXPECT_EQ(heard.of_pixels,
            heard.messages.at("ask") + heard.messages.at("offload"));
  EXPECT_THAT(device_log_, HasSubstr("pixels_leave"));
}

TEST_F(PixelsTest, APreviewIsTheOnlyPlaceForThemWhereTheOperatorWantsOne) {
  const Heard heard = ListenUntil({"ask", "preview", "score"}, TinyWorld(),
                                  {"--preview", "300"});
  EXPECT_EQ(heard.of_pixels, heard.messages.at("preview"));
  EXPECT_LT(heard.messages.at("preview"), heard.messages.at("score"));
  EXPECT_THAT(device_log_, HasSubstr("preview_on"));
  EXPECT_EQ(device_log_.find("pixels_leave"), std::string::npos);
}

}  // namespace
}  // namespace ddnn

// What may arrive: garbage, everything twice, another clock, the past.
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "core/base/file.h"
#include "core/bus/paho_bus.h"
#include "core/bus/topics.h"
#include "core/wire/json.h"
#include "tests/e2e/site_under_fault.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds kTrouble{3000};
const GroupTopics kGroup(Site::kSite, Site::kGroup);

/// A client of the site's broker that says what it likes.
class Intruder {
 public:
  explicit Intruder(Soak& soak, const std::vector<std::string>& hears = {}) {
    MqttConfig mqtt;
    mqtt.url = soak.site().broker_url();
    bus_ = MakePahoBus(mqtt, "intruder");
    for (const std::string& filter : hears) {
      bus_->Subscribe(filter, Qos::kAtMostOnce);
    }
    bus_->Start([this](BusEvent event) {
      const std::lock_guard lock(mutex_);
      if (std::holds_alternative<BusConnected>(event)) connected_ = true;
      if (auto* message = std::get_if<BusMessage>(&event)) {
        heard_.push_back(std::move(*message));
      }
    });
  }
  ~Intruder() { bus_->Stop(); }
  Intruder(const Intruder&) = delete;
  Intruder& operator=(const Intruder&) = delete;

  bool connected() {
    const std::lock_guard lock(mutex_);
    return connected_;
  }
  std::vector<BusMessage> TakeHeard() {
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }
  void Say(const std::string& topic, std::string payload, bool retain = false) {
    EXPECT_TRUE(bus_->Publish({.topic = topic,
                               .payload = std::move(payload),
                               .retain = retain})
                    .ok());
  }

 private:
  std::mutex mutex_;
  bool connected_ = false;         // guarded by mutex_
  std::vector<BusMessage> heard_;  // guarded by mutex_
  std::unique_ptr<Bus> bus_;
};

/// Messages of a kind that the edge counted as refused, for this reason.
double Refused(const SiteUnderFault& site, std::string_view kind,
               std::string_view reason) {
  return site.Page(Site::kOwner)
      .Value(fmt::format(
          R"(ddnn_messages_rejected_total{{kind="{}",reason="{}"}})", kind,
          reason));
}

TEST(InputFaultsTest, AllThatADeviceSaysMayComeTwice) {
  SiteUnderFault site;
  if (!site.works()) return;
  const std::string score = kGroup.Score("device0");
  const std::string map = kGroup.Feature("device0");
  const std::string state = AgentTopics(Site::kSite, "device0").State();
  Intruder intruder(site.soak(), {score, map, state, kGroup.Clock("device0")});
  ASSERT_TRUE(site.soak().Await([&] { return intruder.connected(); },
                                milliseconds(5000)));
  // By topic: its own words come back to it.
  std::map<std::string, std::set<std::string>> said;
  site.Trouble(
      [&] {
        for (BusMessage& message : intruder.TakeHeard()) {
          if (!said[message.topic].insert(message.payload).second) continue;
          intruder.Say(message.topic, std::move(message.payload),
                       message.topic == state);
        }
      },
      kTrouble);
  EXPECT_GT(said[score].size(), 50U);
  EXPECT_GT(said[map].size(), 0U);
  EXPECT_EQ(said[state].size(), 1U);
  const MetricsPage edge = site.Page(Site::kOwner);
  EXPECT_GT(edge.Value(R"(ddnn_duplicates_total{kind="score"})"), 50);
  EXPECT_GT(edge.Sum("ddnn_unwanted_total", R"(kind="feature")"), 0);
  site.ExpectAccounted({});
}

TEST(InputFaultsTest, GarbageChangesNothing) {
  SiteUnderFault site;
  if (!site.works()) return;
  Intruder intruder(site.soak());
  ASSERT_TRUE(site.soak().Await([&] { return intruder.connected(); },
                                milliseconds(5000)));
  const std::vector<std::string> topics{
      kGroup.Score("device1"),
      kGroup.Feature("device1"),
      kGroup.Offload("device1"),
      kGroup.Relay("device1"),
      kGroup.Request(),
      kGroup.Clock("device1"),
      kGroup.EdgeScore("device1"),
      CloudAskTopic(Site::kSite, "edge"),
      kGroup.Lease(),
      CloudAnswerTopic(Site::kSite, "edge"),
      AgentTopics(Site::kSite, "device1").Command("clock"),
      AgentTopics(Site::kSite, "stranger").State()};
  std::mt19937 random(5);
  std::uniform_int_distribution<int> size(0, 300);
  std::uniform_int_distribution<int> byte(0, 255);
  site.Trouble(
      [&] {
        for (const std::string& topic : topics) {
          std::string garbage(static_cast<std::size_t>(size(random)), ' ');
          for (char& c : garbage) c = static_cast<char>(byte(random));
          intruder.Say(topic, std::move(garbage));
        }
      },
      kTrouble);
  const MetricsPage edge = site.Page(Site::kOwner);
  for (const std::string kind :
       {"score", "feature", "offload", "clock", "lease", "answer", "state"}) {
    EXPECT_GT(edge.Sum("ddnn_messages_rejected_total", "kind=\"" + kind + "\""),
              10)
        << kind;
  }
  site.ExpectAccounted({});
}

TEST(InputFaultsTest, WordsFromThePastChangeNothing) {
  SiteUnderFault site;
  if (!site.works()) return;
  Intruder intruder(site.soak());
  ASSERT_TRUE(site.soak().Await([&] { return intruder.connected(); },
                                milliseconds(5000)));
  site.Trouble(
      [&, said = false]() mutable {
        if (std::exchange(said, true)) return;
        // The will of device2's boot before this one, and of an edge long gone.
        AgentState will;
        will.tier = "device";
        will.group = std::string(Site::kGroup);
        will.device = 2;
        will.boot = 1;
        intruder.Say(AgentTopics(Site::kSite, "device2").State(),
                     EncodeAgentState(will));
        intruder.Say(kGroup.Lease(),
                     EncodeLease({.holder = "ghost", .term = 0, .beat = 9}));
        intruder.Say(kGroup.Lost(), "{}");
      },
      kTrouble);
  EXPECT_EQ(Refused(site, "lease", "refused"), 1);
  EXPECT_EQ(Refused(site, "state", "refused"), 1);
  EXPECT_EQ(site.soak().ear().leader(), Site::kOwner);
  EXPECT_EQ(site.Openings(), 0U);
  site.ExpectAccounted({});
}

TEST(InputFaultsTest, ALeaseFromTheFarFutureChangesNothing) {
  SiteUnderFault site;
  if (!site.works()) return;
  Intruder intruder(site.soak());
  ASSERT_TRUE(site.soak().Await([&] { return intruder.connected(); },
                                milliseconds(5000)));
  const std::uint32_t far = site.soak().ear().config()->term + (1U << 20U);
  site.Trouble(
      [&, said = false]() mutable {
        if (std::exchange(said, true)) return;
        intruder.Say(kGroup.Lease(),
                     EncodeLease({.holder = "ghost", .term = far, .beat = 9}),
                     /*retain=*/true);
      },
      kTrouble);
  EXPECT_EQ(Refused(site, "lease", "out_of_range"), 1);
  EXPECT_EQ(site.soak().ear().leader(), Site::kOwner);
  EXPECT_EQ(site.Openings(), 0U);
  site.ExpectAccounted({});
}

/// An MQTT 3.1.1 client that subscribes to a topic with QoS 1 and then neither
/// reads nor acknowledges anything.
class DeafSubscriber {
 public:
  DeafSubscriber(int port, const std::string& topic) : socket_(port) {
    Send('\x10', std::string("\0\x04MQTT\x04\x02\0\0\0\x04"
                             "deaf",
                             16));
    EXPECT_EQ(socket_.Read(4), std::string("\x20\x02\0\0", 4));
    Send('\x82', std::string("\0\x01\0", 3) + static_cast<char>(topic.size()) +
                     topic + '\x01');
    EXPECT_EQ(socket_.Read(5), std::string("\x90\x03\0\x01\x01", 5));
  }

  /// What was on its way to it all the time.
  std::string Read(std::size_t size) const { return socket_.Read(size); }

 private:
  void Send(char type, const std::string& rest) const {
    socket_.Send(type + std::string(1, static_cast<char>(rest.size())) + rest);
  }

  const LoopbackSocket socket_;
};

/// What the broker holds for it soon exceeds the queue's limit.
TEST(ConsumerFaultsTest, ASubscriberThatNeverReadsHoldsNobodyUp) {
  SiteUnderFault site({.site = {.queue_limit = 50}});
  if (!site.works()) return;
  const std::string& url = site.soak().site().broker_url();
  const DeafSubscriber deaf(std::stoi(url.substr(url.rfind(':') + 1)),
                            kGroup.Result());
  site.Trouble([] {}, milliseconds(10'000));
  site.ExpectPause(milliseconds(1000));
  EXPECT_EQ(site.Page(Site::kOwner).Sum("ddnn_mqtt_dropped_total"), 0);
  EXPECT_NE(deaf.Read(100).find(kGroup.Result()), std::string::npos);
  site.ExpectAccounted({});
}

/// Gives a program another clock; empty if the library for it is not there.
/// \param setting  a variable of libfaketime that says which.
std::vector<std::string> FakeTime(const std::string& setting) {
  std::error_code none;
  for (const auto& folder : fs::directory_iterator("/usr/lib", none)) {
    const auto file = folder.path() / "faketime" / "libfaketimeMT.so.1";
    if (!fs::exists(file, none)) continue;
    return {"/usr/bin/env", "LD_PRELOAD=" + file.string(), setting,
            "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"};
  }
  return {};
}

class ClockFaultsTest : public ::testing::TestWithParam<const char*> {};

/// It learns its edge's time, and goes by that: in time for the deadline, which
/// is half a second too.
TEST_P(ClockFaultsTest, ADevicesClockMayBeHalfASecondOff) {
  const auto clock = FakeTime(std::string("FAKETIME=") + GetParam());
  if (clock.empty()) GTEST_SKIP() << "package faketime is not installed";
  SoakOptions options;
  options.site.prefixes["device0"] = clock;
  SiteUnderFault site(options);
  if (!site.works()) return;
  site.Trouble([] {}, kTrouble);
  site.ExpectAccounted({});
}

INSTANTIATE_TEST_SUITE_P(Offsets, ClockFaultsTest,
                         ::testing::Values("-0.5", "+0.5"),
                         [](const auto& offset) {
                           return *offset.param == '-' ? "Slow" : "Fast";
                         });

TEST(EdgeClockFaultsTest, AnEdgesClockMayBeSetBackByAMinute) {
  const TempFolder folder;
  const fs::path offset = folder.path() / "offset";
  const auto clock = FakeTime("FAKETIME_TIMESTAMP_FILE=" + offset.string());
  if (clock.empty()) GTEST_SKIP() << "package faketime is not installed";
  ValueOrThrow(WriteFileAtomically(offset, "+0"), kExitUnavailable);
  SoakOptions options;
  options.site.prefixes["edge"] = clock;
  SiteUnderFault site(options);
  if (!site.works()) return;
  site.NoteBegin();
  ValueOrThrow(WriteFileAtomically(offset, "-60"), kExitUnavailable);
  site.soak().Listen(kTrouble);
  site.ExpectPause(milliseconds(5000));
  site.ExpectAccounted({.covered = kSamplesPerSecond});
}

}  // namespace
}  // namespace ddnn

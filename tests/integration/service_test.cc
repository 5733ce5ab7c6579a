// What agents tell systemd, heard on a socket in its place.
#include "core/base/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "core/bus/fake_bus.h"
#include "core/bus/pipeline_thread.h"
#include "tests/support/notify_socket.h"

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServiceTest, SystemdHearsOfReadinessStatusAndEnd) {
  const NotifySocket systemd;
  const Service service;
  service.Ready("looks around");
  service.Say("looks closer");
  service.Stopping();
  EXPECT_THAT(systemd.Take(), ElementsAre("READY=1\nSTATUS=looks around",
                                          "STATUS=looks closer", "STOPPING=1"));
}

TEST(ServiceTest, TheWatchdogIsFedThreeTimesInItsPeriod) {
  const NotifySocket systemd(seconds(3));
  Service service;
  const Service::TimePoint start{};
  for (int ms = 1; ms <= 3000; ms += 100) {
    service.Beat(start + milliseconds(ms));
  }
  EXPECT_THAT(systemd.Take(),
              ElementsAre("WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"));
}

TEST(ServiceTest, WithoutAWatchdogNothingIsFed) {
  const NotifySocket systemd;
  Service service;
  service.Beat(Service::TimePoint{} + std::chrono::hours(1));
  EXPECT_THAT(systemd.Take(), IsEmpty());
}

TEST(ServiceTest, WithoutSystemdNothingHappens) {
  Service service;
  service.Ready("looks around");
  service.Beat(std::chrono::steady_clock::now());
  service.Stopping();
}

/// Wants to be called all the time, and hangs when told to.
struct HangingPipeline {
  void OnEvent(const BusEvent& /*event*/, Instant now) { OnTime(now); }
  void OnTime(Instant /*now*/) {
    if (!hangs) return;
    hanging = true;
    hanging.notify_one();
    hangs.wait(true);
  }
  static std::optional<Instant> NextDeadline() { return Instant{}; }
  void SetInboxDropped(std::uint64_t /*dropped*/) {}
  void Stop(Instant /*now*/) {}
  static bool idle() { return true; }
  static bool gave_up() { return false; }

  /// Returns once it does.
  void Hang() {
    hangs = true;
    hanging.wait(false);
  }
  void GoOn() {
    hangs = false;
    hangs.notify_one();
  }

  std::atomic<bool> hangs = false;    // as it was told
  std::atomic<bool> hanging = false;  // it does
};

class PipelineThreadServiceTest : public ::testing::Test {
 protected:
  /// Whether this comes next, but for what is of no interest here.
  bool HearsWithin(const std::string& text, milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < deadline) {
      for (auto& heard : systemd_.Take()) heard_.push_back(std::move(heard));
      while (!heard_.empty()) {
        const std::string heard = std::move(heard_.front());
        heard_.pop_front();
        if (heard == text) return true;
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }
  void ForgetAll() {
    systemd_.Take();
    heard_.clear();
  }

  const NotifySocket systemd_{milliseconds(150)};
  std::deque<std::string> heard_;
  const SystemClock clock_;
  FakeBroker broker_;
  const std::unique_ptr<Bus> bus_ = broker_.MakeBus("agent");
  HangingPipeline pipeline_;
  PipelineThread<HangingPipeline> thread_{bus_.get(), &pipeline_, clock_, 10};
};

TEST_F(PipelineThreadServiceTest, StatusFollowsTheConnection) {
  thread_.Start([] {});
  EXPECT_TRUE(HearsWithin("READY=1\nSTATUS=waits for the broker", seconds(5)));
  EXPECT_TRUE(HearsWithin("STATUS=connected to the broker", seconds(5)));
  broker_.Cut("agent");
  EXPECT_TRUE(
      HearsWithin("STATUS=waits for the broker: the link was cut", seconds(5)));
  thread_.Stop();
  EXPECT_TRUE(HearsWithin("STOPPING=1", seconds(5)));
}

TEST_F(PipelineThreadServiceTest, HungPipelineStarvesTheWatchdog) {
  thread_.Start([] {});
  ASSERT_TRUE(HearsWithin("WATCHDOG=1", seconds(5)));
  pipeline_.Hang();
  ForgetAll();
  EXPECT_FALSE(HearsWithin("WATCHDOG=1", milliseconds(500)));
  pipeline_.GoOn();
  EXPECT_TRUE(HearsWithin("WATCHDOG=1", seconds(5)));
}

}  // namespace
}  // namespace ddnn

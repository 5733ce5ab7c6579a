#include "bench/soak/pulse.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::seconds;

const Instant kStart{seconds(1'700'000'000)};
constexpr Tick kFirst = 500;

/// Two devices, ten ticks a second, one sample a tick.
class PulseTest : public ::testing::Test {
 protected:
  PulseTest() {
    GroupConfig config;
    config.devices = 2;
    config.schedule = {kStart, 10, kFirst};
    pulse_.OnHeard(config, kStart);
  }

  /// A tick's instant, and when its answer is heard.
  static Instant At(int tick) { return kStart + milliseconds(100 * tick); }
  static Instant Heard(int tick) { return At(tick) + milliseconds(5); }
  void Speak(int tick, int device) {
    const Tick number = kFirst + static_cast<Tick>(tick);
    pulse_.OnHeard(HeardScores{device, {0, {number}, {{number, 0}}}},
                   At(tick) + milliseconds(1));
  }
  void Answer(int tick, int late_ms = 5,
              ResultStatus status = ResultStatus::kOk) {
    SampleResult result;
    result.sample = {kFirst + static_cast<Tick>(tick), 0};
    result.status = status;
    pulse_.OnHeard(result, At(tick) + milliseconds(late_ms));
  }
  void GoWell(int from, int to) {
    for (int tick = from; tick < to; ++tick) {
      Speak(tick, 0);
      Speak(tick, 1);
      Answer(tick);
    }
  }

  Pulse pulse_;
};

TEST_F(PulseTest, ASecondOfPromptAnswersIsWell) {
  GoWell(0, 9);
  EXPECT_FALSE(pulse_.WellSince(kStart));
  GoWell(9, 10);
  EXPECT_EQ(pulse_.WellSince(kStart), Heard(0));
}

TEST_F(PulseTest, OnlyTicksFromTheAskedInstantOnCount) {
  GoWell(0, 15);
  EXPECT_FALSE(pulse_.WellSince(At(6)));
  EXPECT_EQ(pulse_.WellSince(At(5)), Heard(5));
}

TEST_F(PulseTest, AMissingAnswerADegradedOneAndALateOneAreNotWell) {
  for (const int broken : {0, 1, 2}) {
    Pulse fresh = pulse_;
    std::swap(fresh, pulse_);
    GoWell(0, 3);
    Speak(3, 0);
    Speak(3, 1);
    if (broken == 1) Answer(3, 5, ResultStatus::kDegraded);
    if (broken == 2) Answer(3, 1200);
    GoWell(4, 14);
    EXPECT_EQ(pulse_.WellSince(kStart), Heard(4)) << broken;
    std::swap(fresh, pulse_);
  }
}

TEST_F(PulseTest, TheFirstTicksAnswerMayHaveHadToWait) {
  Speak(0, 0);
  Speak(0, 1);
  Answer(0, 800);
  GoWell(1, 10);
  EXPECT_EQ(pulse_.WellSince(kStart), At(8));
}

TEST_F(PulseTest, ASilentDeviceIsNotWell) {
  GoWell(0, 3);
  Speak(3, 0);
  Answer(3);
  GoWell(4, 14);
  EXPECT_EQ(pulse_.WellSince(kStart), Heard(4));
}

TEST_F(PulseTest, ATickThatNobodySpokeOfIsNotWell) {
  GoWell(0, 3);
  GoWell(4, 14);
  EXPECT_EQ(pulse_.WellSince(kStart), Heard(4));
}

TEST_F(PulseTest, TheLongestPauseCountsFromTheAskedInstant) {
  Answer(0, 0);
  Answer(5, 0);
  Answer(7, 0);
  EXPECT_EQ(pulse_.LongestPauseSince(kStart), milliseconds(500));
  EXPECT_EQ(pulse_.LongestPauseSince(At(2)), milliseconds(300));
  EXPECT_EQ(pulse_.LongestPauseSince(At(6)), milliseconds(100));
}

}  // namespace
}  // namespace ddnn

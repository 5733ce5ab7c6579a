#include "device_agent/clock_probe.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ddnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::hours(480000)};

/// Asks at `now`; the edge's clock is `ahead`, the way there and back take
/// `there` and `back`.
bool Exchange(ClockProbe* probe, Instant now, milliseconds ahead,
              milliseconds there, milliseconds back) {
  const auto question = probe->Due(now);
  return question && probe->OnAnswer({question->asked, now + there + ahead},
                                     now + there + back);
}

TEST(ClockProbeTest, NothingIsKnownBeforeTheFirstAnswer) {
  ClockProbe probe;
  EXPECT_FALSE(probe.reading());
  EXPECT_TRUE(probe.Due(kNow));
  EXPECT_FALSE(probe.reading());
}

TEST(ClockProbeTest, TheOffsetIsThisClockMinusTheEdges) {
  ClockProbe probe;
  ASSERT_TRUE(Exchange(&probe, kNow, milliseconds(500), milliseconds(4),
                       milliseconds(4)));
  EXPECT_NEAR(probe.reading()->offset_s, -0.5, 1e-9);
  EXPECT_NEAR(probe.reading()->error_s, 0.004, 1e-9);
}

TEST(ClockProbeTest, TheErrorBoundsAnUnevenWay) {
  ClockProbe probe;
  ASSERT_TRUE(Exchange(&probe, kNow, milliseconds(-30), milliseconds(40),
                       milliseconds(0)));
  EXPECT_LE(std::abs(probe.reading()->offset_s - 0.03),
            probe.reading()->error_s + 1e-9);
}

TEST(ClockProbeTest, TheShortestRoundTripOfTheNewestCounts) {
  ClockProbe probe;
  Instant now = kNow;
  const auto exchange = [&](int ahead_ms, int way_ms) {
    now += seconds(20);
    EXPECT_TRUE(Exchange(&probe, now, milliseconds(ahead_ms),
                         milliseconds(way_ms), milliseconds(way_ms)));
  };
  exchange(100, 1);
  exchange(140, 50);
  EXPECT_NEAR(probe.reading()->offset_s, -0.1, 1e-9);
  for (std::size_t i = 1; i < ClockProbe::kAnswers; ++i) exchange(140, 50);
  EXPECT_NEAR(probe.reading()->offset_s, -0.14, 1e-9);
}

TEST(ClockProbeTest, AnAnswerThatContradictsTheOthersCountsAlone) {
  ClockProbe probe;
  ASSERT_TRUE(Exchange(&probe, kNow, milliseconds(500), milliseconds(1),
                       milliseconds(1)));
  ASSERT_TRUE(Exchange(&probe, kNow + seconds(20), milliseconds(0),
                       milliseconds(50), milliseconds(50)));
  EXPECT_NEAR(probe.reading()->offset_s, 0.0, 1e-9);
  EXPECT_NEAR(probe.reading()->error_s, 0.05, 1e-9);
}

TEST(ClockProbeTest, QuestionsFollowQuicklyAtFirstThenRarely) {
  ClockProbe probe;
  Instant now = kNow;
  for (std::size_t i = 0; i < ClockProbe::kAnswers; ++i) {
    ASSERT_TRUE(Exchange(&probe, now, {}, {}, {}));
    EXPECT_FALSE(probe.Due(now));
    now += ClockProbe::kFirstPeriod;
  }
  ASSERT_TRUE(probe.Due(now));
  EXPECT_FALSE(probe.Due(now + ClockProbe::kFirstPeriod));
  EXPECT_TRUE(probe.Due(now + ClockProbe::kPeriod));
}

TEST(ClockProbeTest, AClockThatIsSetBackDoesNotSilenceIt) {
  ClockProbe probe;
  ASSERT_TRUE(probe.Due(kNow));
  EXPECT_TRUE(probe.Due(kNow - std::chrono::hours(24)));
}

TEST(ClockProbeTest, TheNextQuestionCanBeHadSooner) {
  ClockProbe probe;
  ASSERT_TRUE(probe.Due(kNow));
  EXPECT_FALSE(probe.Due(kNow + milliseconds(1)));
  probe.AskSoon();
  EXPECT_TRUE(probe.Due(kNow + milliseconds(1)));
}

TEST(ClockProbeTest, AnAnswerToNoOpenQuestionIsRefused) {
  ClockProbe probe;
  EXPECT_FALSE(probe.OnAnswer({kNow, kNow}, kNow));
  ASSERT_TRUE(Exchange(&probe, kNow, {}, {}, {}));
  EXPECT_FALSE(probe.OnAnswer({kNow, kNow}, kNow));
  const auto question = probe.Due(kNow + seconds(20));
  ASSERT_TRUE(question);
  EXPECT_FALSE(probe.OnAnswer({question->asked + milliseconds(1), kNow}, kNow));
  EXPECT_FALSE(  // before it was asked
      probe.OnAnswer({question->asked, kNow}, question->asked - seconds(1)));
}

}  // namespace
}  // namespace ddnn

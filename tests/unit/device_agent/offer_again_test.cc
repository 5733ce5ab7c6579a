// What a device offers its group's edge anew, after it, the broker or the link
// had been away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/metrics_page.h"
#include "tests/unit/device_agent/device_pipeline_fixture.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr double kPace = 25.0;
constexpr std::uint32_t kTerm = 4;

class OfferAgainTest : public DevicePipelineFixture {
 protected:
  OfferAgainTest() { options_.ring_ticks = 10; }

  void StartPaced() {
    Start();
    TellConfig(kFirst, kPace, kTerm);
    TellDecided(kFirst - 1);
  }
  void See(Tick first, Tick last) {
    for (Tick tick = first; tick <= last; ++tick) {
      pipeline_->OnViews(Views(tick, {0, 3}), kNow);
    }
  }
  /// The ticks of the score messages from `first_message` on.
  std::vector<std::vector<Tick>> TicksSent(std::size_t first_message) const {
    std::vector<std::vector<Tick>> sent;
    const auto scores = Scores();
    for (std::size_t i = first_message; i < scores.size(); ++i) {
      std::vector<Tick>& ticks = sent.emplace_back();
      for (const TickScores& tick : scores[i].ticks) ticks.push_back(tick.tick);
    }
    return sent;
  }
  void Reconnect() {
    broker_.Cut("cam");
    broker_.Reconnect("cam");
  }
};

TEST_F(OfferAgainTest, ReconnectionOffersExactlyWhatIsUndecided) {
  StartPaced();
  See(kFirst, kFirst + 3);
  TellDecided(kFirst + 1);
  const auto before = Scores();
  Reconnect();
  EXPECT_THAT(TicksSent(4), ElementsAre(ElementsAre(kFirst + 2, kFirst + 3)));
  EXPECT_EQ(Counter("ticks_offered_again"), 2U);
  const ScoreMessage again = Scores().back();
  EXPECT_EQ(again.sequence, before.back().sequence + 1);
  EXPECT_EQ(again.ticks[1].views[1].object, 3);
  EXPECT_EQ(again.ticks[1].views[1].sums, before[3].ticks[0].views[1].sums);
}

TEST_F(OfferAgainTest, AnotherTermOffersThemToo) {
  StartPaced();
  See(kFirst, kFirst + 1);
  TellConfig(kFirst, kPace, kTerm + 1);
  EXPECT_THAT(TicksSent(2), ElementsAre(ElementsAre(kFirst, kFirst + 1)));
}

TEST_F(OfferAgainTest, OneOpeningIsOfferedNothingTwice) {
  StartPaced();
  See(kFirst, kFirst);
  TellConfig(kFirst, kPace, kTerm);
  EXPECT_THAT(TicksSent(1), IsEmpty());
  Reconnect();
  TellConfig(kFirst, kPace, kTerm);
  TellDecided(kFirst - 1);
  EXPECT_THAT(TicksSent(1), SizeIs(1));
  TellConfig(kFirst, kPace, kTerm + 1);
  TellConfig(kFirst, kPace, kTerm + 1);
  EXPECT_THAT(TicksSent(1), SizeIs(2));
}

TEST_F(OfferAgainTest, TicksOfABreakAreOfferedAfterIt) {
  StartPaced();
  See(kFirst, kFirst);
  TellDecided(kFirst);
  broker_.Cut("cam");
  See(kFirst + 1, kFirst + 3);
  EXPECT_EQ(Counter("ticks"), 4U);
  EXPECT_EQ(Counter("unsent_offline"), 0U);
  broker_.Reconnect("cam");
  See(kFirst + 4, kFirst + 4);
  EXPECT_THAT(TicksSent(1),
              ElementsAre(ElementsAre(kFirst + 1, kFirst + 2, kFirst + 3),
                          ElementsAre(kFirst + 4)));
  EXPECT_EQ(Scores()[1].sequence, Scores()[0].sequence + 1);
}

TEST_F(OfferAgainTest, NewTicksWaitForTheOldOnes) {
  StartPaced();
  See(kFirst, kFirst);
  broker_.Cut("cam");
  Tell(topics_.Config(), "", true);  // the broker has forgotten all
  Tell(topics_.Decided(), "", true);
  broker_.Reconnect("cam");
  See(kFirst + 1, kFirst + 1);
  EXPECT_THAT(TicksSent(1), IsEmpty());
  TellConfig(kFirst, kPace, kTerm + 1);
  EXPECT_THAT(TicksSent(1), IsEmpty());
  TellDecided(kFirst - 1);
  EXPECT_THAT(TicksSent(1), ElementsAre(ElementsAre(kFirst, kFirst + 1)));
}

TEST_F(OfferAgainTest, AskedForWhileTheOpeningIsAwaitedAMapIsSent) {
  StartPaced();
  See(kFirst, kFirst);
  broker_.Cut("cam");
  Tell(topics_.Config(), "", true);
  broker_.Reconnect("cam");
  Ask({{kFirst, 3}});
  EXPECT_THAT(Maps(), SizeIs(1));
}

TEST_F(OfferAgainTest, LaterWatermarkFrees) {
  StartPaced();
  See(kFirst, kFirst + 2);
  Reconnect();
  TellDecided(kFirst + 2);
  Reconnect();
  EXPECT_THAT(TicksSent(3), ElementsAre(SizeIs(3)));
  EXPECT_EQ(Counter("ticks_offered_again"), 3U);
}

TEST_F(OfferAgainTest, OutageIsHeldToTheRingsBound) {
  StartPaced();
  broker_.Cut("cam");
  See(kFirst, kFirst + 99);
  broker_.Reconnect("cam");
  const auto sent = TicksSent(0);
  ASSERT_THAT(sent, ElementsAre(SizeIs(10)));
  EXPECT_EQ(sent[0].front(), kFirst + 90);
  pipeline_->OnTime(kNow);
  EXPECT_EQ(Counter("evicted_ticks"), 90U);
}

TEST_F(OfferAgainTest, ManyTicksTravelInFewMessages) {
  options_.ring_ticks = 600;
  StartPaced();
  broker_.Cut("cam");
  for (Tick tick = kFirst; tick < kFirst + 600; ++tick) {
    pipeline_->OnViews(Views(tick, {}), kNow);
  }
  broker_.Reconnect("cam");
  EXPECT_THAT(TicksSent(0), ElementsAre(SizeIs(256), SizeIs(256), SizeIs(88)));
}

TEST_F(OfferAgainTest, ManyViewsStayBelowTheLimitOfAMessage) {
  options_.ring_ticks = 600;
  StartPaced();
  broker_.Cut("cam");
  std::vector<ObjectNumber> objects(kMaxObjectsPerTick);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    objects[i] = static_cast<ObjectNumber>(i);
  }
  for (Tick tick = kFirst; tick < kFirst + 9; ++tick) {
    pipeline_->OnViews(Views(tick, objects), kNow);
  }
  broker_.Reconnect("cam");
  EXPECT_THAT(TicksSent(0), ElementsAre(SizeIs(4), SizeIs(4), SizeIs(1)));
  for (const auto& message : Published(topics_.Score("cam"))) {
    EXPECT_LT(message.payload.size(), kPayloadLimitBytes);
  }
}

TEST_F(OfferAgainTest, BatchThatABreakInterruptsIsOfferedOnce) {
  options_.batch = milliseconds(100);
  StartPaced();
  See(kFirst, kFirst + 1);
  Reconnect();
  pipeline_->OnTime(kNow + milliseconds(100));
  See(kFirst + 2, kFirst + 2);
  pipeline_->OnTime(kNow + milliseconds(100));
  EXPECT_THAT(TicksSent(0), ElementsAre(ElementsAre(kFirst, kFirst + 1),
                                        ElementsAre(kFirst + 2)));
}

TEST_F(OfferAgainTest, NewScheduleForgetsTheOldTicks) {
  StartPaced();
  See(kFirst, kFirst + 1);
  broker_.Cut("cam");
  See(kFirst + 2, kFirst + 2);
  TellConfig(5000, kPace, kTerm + 1);
  TellDecided(4999);
  broker_.Reconnect("cam");
  EXPECT_THAT(TicksSent(2), IsEmpty());
  See(5000, 5000);
  EXPECT_THAT(TicksSent(2), ElementsAre(ElementsAre(5000U)));
}

TEST_F(OfferAgainTest, UnpacedReplayOffersByItself) {
  StartGroup();
  See(kFirst, kFirst + 1);
  Reconnect();
  EXPECT_THAT(TicksSent(2), IsEmpty());
  EXPECT_THAT(source_.begun, SizeIs(2));
}

TEST_F(OfferAgainTest, WhereViewsLeaveAsPixelsNothingIsKept) {
  options_.offload = {Offload::kRaw, 90};
  StartPaced();
  See(kFirst, kFirst + 1);
  Reconnect();
  EXPECT_THAT(Published(topics_.Offload("cam")), SizeIs(2));
  EXPECT_EQ(Counter("ticks_offered_again"), 0U);
  broker_.Cut("cam");
  See(kFirst + 2, kFirst + 2);
  EXPECT_EQ(Counter("unsent_offline"), 1U);
}

TEST_F(OfferAgainTest, HasANameOnTheMetricsPage) {
  StartPaced();
  See(kFirst, kFirst);
  Reconnect();
  pipeline_->OnTime(kNow);
  EXPECT_EQ(MetricsPage(metrics_.registry.Render())
                .Value("ddnn_ticks_offered_again_total"),
            1);
}

}  // namespace
}  // namespace ddnn

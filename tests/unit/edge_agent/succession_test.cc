// How a lead follows another, or itself: what is retained at the broker, the
// lease, the clock, and what the group hears.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "tests/support/temp_folder.h"
#include "tests/unit/edge_agent/succession_rig.h"

namespace ddnn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(SuccessionTest, AnEdgeGoesOnWithTheScheduleThatDevicesLiveIn) {
  EdgeRig rig(Sure(), Paced());
  rig.AllClaim();
  Leave(rig.codec, &rig, kFirst + 100);
  rig.Connect(4500);
  EXPECT_TRUE(rig.pipeline.open());
  EXPECT_EQ(ConfigOf(rig).schedule.first_tick, kFirst);
  EXPECT_EQ(ConfigOf(rig).term, 4U);
  const auto decided =
      rig.codec.DecodeDecided(rig.Newest(rig.group.Decided()).payload);
  EXPECT_EQ(decided->tick, kFirst + 100);
}

TEST_F(SuccessionTest, WhatIsOfferedAgainIsAnsweredAndFlagged) {
  EdgeRig rig(Sure(), Paced());
  rig.AllClaim();
  Leave(rig.codec, &rig, kFirst + 100);
  rig.Connect(4500);  // 112 ticks are due
  rig.AllSpeak(105, {4}, 4600);
  rig.AllSpeak(400, {4}, 16'000);
  const auto results = rig.Results();
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_TRUE(results[0].again);
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_FALSE(results[1].again);
}

TEST_F(SuccessionTest, AnEdgeThatIsBackBeforeAllDevicesGoesOn) {
  EdgeRig rig(Sure(), Paced());
  Leave(rig.codec, &rig, kFirst + 100);
  rig.Connect(4500);
  EXPECT_TRUE(rig.pipeline.open());
  rig.Wait(6000);
  const auto unheard = Unheard(rig);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst + 101);
  EXPECT_EQ(unheard[0].last, kFirst + 112);
  rig.AllClaim(20'000);
  rig.AllSpeak(499, {4}, 20'000);
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

TEST_F(SuccessionTest, AnUnpacedRunWaitsForAllItsDevices) {
  EdgeRig rig(Sure());
  LeaveConfig(&rig, {EdgeRig::At(0), 0, kFirst}, 3);
  Retain(&rig, rig.group.Decided(), rig.codec.Encode(Decided{kFirst + 100}));
  rig.Connect(4500);
  for (int i = 0; i < 5; ++i) {
    rig.SendState(EdgeRig::Agent(i), rig.DeviceState(i), 4600);
    EXPECT_FALSE(rig.pipeline.open());
  }
  rig.SendState(EdgeRig::Agent(5), rig.DeviceState(5), 4600);
  EXPECT_TRUE(rig.pipeline.open());
  EXPECT_EQ(ConfigOf(rig).schedule.first_tick, kFirst);
}

TEST_F(SuccessionTest, ANewRunSharesNoTickWithAFormerOne) {
  EdgeConfig config = Paced();
  config.ticks_per_s = 10;
  const Tick usual =
      TickSchedule::StartingAt(EdgeRig::At(5000), config.ticks_per_s)
          .first_tick;
  EdgeRig rig(Sure(), config);
  rig.AllClaim();
  Leave(rig.codec, &rig, usual + 5);
  rig.Connect(4500);
  EXPECT_GT(ConfigOf(rig).schedule.first_tick, usual + 5);
}

TEST_F(SuccessionTest, AScheduleOfAnotherPaceIsNotResumed) {
  EdgeConfig config = Paced();
  config.ticks_per_s = 10;
  EdgeRig rig(Sure(), config);
  rig.AllClaim();
  Leave(rig.codec, &rig, kFirst + 100);
  rig.Connect(4500);
  EXPECT_NE(ConfigOf(rig).schedule.first_tick, kFirst);
}

/// The clock is a little behind: what was answered is not due a second time.
TEST_F(SuccessionTest, AWatermarkALittleAheadHolds) {
  EdgeRig rig(Sure(), Paced());
  rig.AllClaim();
  Leave(rig.codec, &rig, kFirst + 200);
  rig.Connect(4500);  // 112 ticks are due
  rig.AllSpeak(150, {4}, 6000);
  EXPECT_THAT(rig.Results(), IsEmpty());
  rig.AllSpeak(201, {4}, 8100);
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_TRUE(rig.Results()[0].again);
}

/// A machine without a clock of its own starts where it was set last.
TEST_F(SuccessionTest, ARestartWithTheClockSetBackReusesNoTick) {
  constexpr int kAMinuteAgo = -60'000;
  constexpr int kFiveMinutesAgo = -300'000;
  EdgeRig rig(Sure(), Paced());
  rig.AllClaim(kAMinuteAgo);
  LeaveConfig(&rig, {EdgeRig::At(kFiveMinutesAgo), kTicksPerSecond, kFirst}, 3);
  const Tick last =
      TickSchedule{EdgeRig::At(kFiveMinutesAgo), kTicksPerSecond, kFirst}
          .LastDue(EdgeRig::At(0));
  Retain(&rig, rig.group.Decided(), rig.codec.Encode(Decided{last}));
  rig.Connect(kAMinuteAgo);
  ASSERT_TRUE(rig.pipeline.open());
  EXPECT_TRUE(Before(last, ConfigOf(rig).schedule.first_tick));
}

TEST_F(SuccessionTest, AWornOutScheduleIsReplaced) {
  EdgeConfig config = Paced();
  config.ticks_per_s = 1000;
  EdgeRig rig(Sure(), config);
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  const TickSchedule before = rig.Schedule();
  constexpr int kEnd = int{kLongestRun} + 500;  // ms, at a tick each
  rig.Wait(kEnd - 100);
  rig.Wait(kEnd);
  EXPECT_EQ(rig.Schedule(), before);
  rig.Wait(kEnd + 100);
  const TickSchedule anew = rig.Schedule();
  EXPECT_TRUE(Before(before.first_tick + kLongestRun, anew.first_tick));
  EXPECT_FALSE(anew.IsWornOut(EdgeRig::At(kEnd + 200)));
}

TEST_F(SuccessionTest, AFileStandsInForABrokerThatHasForgotten) {
  const TempFolder folder;
  const TestScene scene(Sure());
  RunFile file(folder.path() / "run.json", scene.network().bundle());
  file.Keep({{EdgeRig::At(0), kTicksPerSecond, kFirst}, kFirst + 100});
  while (!std::filesystem::exists(folder.path() / "run.json")) {
    std::this_thread::yield();
  }
  EdgeRig rig(Sure(), Paced(), Offload::kNone, &file);
  rig.AllClaim();
  rig.Connect(4500);
  EXPECT_EQ(ConfigOf(rig).schedule.first_tick, kFirst);
  EXPECT_EQ(
      rig.codec.DecodeDecided(rig.Newest(rig.group.Decided()).payload)->tick,
      kFirst + 100);
}

TEST_F(SuccessionTest, AReconnectOpensAgainAndRepeatsNothing) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  rig.broker.Cut("edge1");
  rig.Pump(520);
  rig.broker.Reconnect("edge1");
  rig.Pump(900);  // 10 ticks are due
  rig.AllSpeak(0, {4}, 910);
  for (int tick = 1; tick <= 10; ++tick) rig.AllSpeak(tick, {4}, 920);
  rig.Wait(2400);
  const auto results = rig.Results();
  ASSERT_THAT(results, SizeIs(11));
  for (const SampleResult& result : results) {
    EXPECT_FALSE(result.again);
    EXPECT_EQ(result.status, ResultStatus::kOk);
  }
  EXPECT_THAT(Unheard(rig), IsEmpty());
}

TEST_F(SuccessionTest, AStandbySaysNothingWhileAnotherLeads) {
  EdgeRig rig(Sure(), Paced(/*standby=*/true));
  Leave(rig.codec, &rig, kFirst + 10, {"edge9", 3, 9});
  rig.Open(500);
  for (int ms = 1500; ms < 9000; ms += 1000) {
    rig.Inject(rig.group.Lease(),
               EncodeLease({"edge9", 3, 10U + static_cast<unsigned>(ms)}), ms);
    rig.AllSpeak(12, {4}, ms);
  }
  EXPECT_FALSE(rig.pipeline.open());
  EXPECT_THAT(rig.Results(), IsEmpty());
  EXPECT_TRUE(DecodeAgentState(
                  rig.Newest(AgentTopics("plant", "edge1").State()).payload)
                  ->standby);
}

TEST_F(SuccessionTest, AStandbyTakesTheGroupOverInItsSchedule) {
  EdgeRig rig(Sure(), Paced(/*standby=*/true));
  Leave(rig.codec, &rig, kFirst + 10, {"edge9", 3, 9});
  rig.Open(500);
  rig.Wait(3499);
  EXPECT_FALSE(rig.pipeline.open());
  rig.Wait(3500);
  ASSERT_TRUE(rig.pipeline.open());
  EXPECT_EQ(ConfigOf(rig).schedule.first_tick, kFirst);
  rig.AllSpeak(80, {4}, 3600);
  EXPECT_THAT(rig.Results(), SizeIs(1));
}

TEST_F(SuccessionTest, AStandbyTakesOverAtOnceWhenTheLeadsWillComes) {
  EdgeRig rig(Sure(), Paced(/*standby=*/true));
  Leave(rig.codec, &rig, kFirst + 10, {"edge9", 3, 9});
  rig.Open(500);
  AgentState gone{.online = false, .tier = "edge", .group = "yard"};
  gone.place = "edge";
  rig.SendState("edge9", gone, 600);
  EXPECT_TRUE(rig.pipeline.open());
}

TEST_F(SuccessionTest, ALateWillOfTheLeadsOlderBootChangesNothing) {
  EdgeRig rig(Sure(), Paced(/*standby=*/true));
  Leave(rig.codec, &rig, kFirst + 10, {"edge9", 3, 9});
  AgentState lead{.online = true, .tier = "edge", .group = "yard"};
  lead.boot = 8;
  lead.place = "edge";
  lead.bundle_tag = rig.scene.network().bundle().tag;
  rig.SendState("edge9", lead);
  rig.Open(500);
  AgentState old{.online = false, .tier = "edge", .group = "yard"};
  old.boot = 7;
  old.place = "edge";
  rig.SendState("edge9", old, 600);
  EXPECT_FALSE(rig.pipeline.open());
  EXPECT_EQ(rig.Rejected("refused"), 1U);
  old.boot = 8;
  rig.SendState("edge9", old, 700);
  EXPECT_TRUE(rig.pipeline.open());
}

TEST_F(SuccessionTest, AStandbyGivesTheGroupBack) {
  EdgeRig rig(Sure(), Paced(/*standby=*/true));
  Leave(rig.codec, &rig, kFirst + 10, {"edge9", 3, 9});
  rig.Open(500);
  rig.Wait(3500);
  ASSERT_TRUE(rig.pipeline.open());
  AgentState regular{.online = true, .tier = "edge", .group = "yard"};
  regular.place = "edge";
  regular.bundle_tag = rig.scene.network().bundle().tag;
  rig.SendState("edge9", regular, 3600);
  EXPECT_FALSE(rig.pipeline.open());
  const auto lease = DecodeLease(rig.Newest(rig.group.Lease()).payload);
  EXPECT_EQ(lease->holder, "");
  rig.AllSpeak(85, {4}, 3700);
  EXPECT_THAT(rig.Results(), IsEmpty());
  EXPECT_EQ(rig.Counter("rival_edges"), 0U);
}

TEST_F(SuccessionTest, ALeadThatWasReplacedWithdrawsWhatItDidNotSay) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.broker.Cut("edge1");
  rig.Pump(100);
  // 4 s later: its lease is over, then it hears who has the next one.
  rig.AllSpeak(0, {4}, 4100);
  EXPECT_THAT(rig.Results(), IsEmpty());
  Retain(&rig, rig.group.Lease(), EncodeLease({"edge2", 2, 0}));
  rig.broker.Reconnect("edge1");
  rig.Pump(4200);
  EXPECT_FALSE(rig.pipeline.open());
  EXPECT_EQ(rig.Counter("stepped_down"), 1U);
  EXPECT_THAT(rig.Results(), IsEmpty());
}

TEST_F(SuccessionTest, AClockThatWasSetBackBeginsANewSchedule) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  const Tick before = rig.TickAt(0);
  rig.Speak(0, 1, {4}, 550);
  constexpr int kAnHourAgo = -3'600'000;
  rig.Wait(kAnHourAgo);
  const TickSchedule anew = rig.Schedule();
  EXPECT_TRUE(Before(before + 1, anew.first_tick));
  EXPECT_EQ(anew.start, EdgeRig::At(kAnHourAgo + 500));
  EXPECT_THAT(rig.Newest(rig.group.Lost()).payload, HasSubstr("unheard"));
  rig.AllSpeak(0, {5}, kAnHourAgo + 510);
  rig.Wait(kAnHourAgo + 1000);  // a beat of the lease
  const auto results = rig.Results();
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[1].sample.tick, anew.first_tick);
}

TEST_F(SuccessionTest, OfAnUnpacedRunItEndsWhatWouldWaitForAsLong) {
  EdgeRig rig(Sure());
  rig.Open();
  rig.Speak(0, 0, {4}, 10);
  constexpr int kAnHourAgo = -3'600'000;
  rig.Wait(kAnHourAgo);
  rig.Wait(kAnHourAgo + 1000);  // a beat of the lease
  const auto results = rig.Results();
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
}

TEST_F(SuccessionTest, AClockThatWasSetBackALittleChangesNothing) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  const TickSchedule before = rig.Schedule();
  rig.Wait(-3000);
  EXPECT_EQ(rig.Schedule(), before);
}

TEST_F(SuccessionTest, TheRunFileHoldsNoWatermarkThatWasNotHeard) {
  const TempFolder folder;
  const TestScene scene(Sure());
  const auto path = folder.path() / "run.json";
  Tick heard = 0;
  {
    RunFile file(path, scene.network().bundle());
    EdgeRig rig(Sure(), Paced(), Offload::kNone, &file);
    rig.Open();
    rig.AllSpeak(0, {4}, 510);
    rig.Wait(1600);
    heard = rig.TickAt(0);
    rig.broker.Hang("edge1");
    rig.AllSpeak(1, {4}, 1700);
    rig.Wait(2800);
  }
  const RunFile file(path, scene.network().bundle());
  ASSERT_TRUE(file.Read());
  EXPECT_EQ(file.Read()->decided, heard);
}

TEST_F(SuccessionTest, AForeignConfigIsPutRight) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  const std::string ours = rig.Newest(rig.group.Config()).payload;
  rig.Inject(rig.group.Config(), "garbage", 100, /*retain=*/true);
  EXPECT_EQ(rig.Newest(rig.group.Config()).payload, ours);
  EXPECT_EQ(rig.Rejected("not_ours"), 1U);
  rig.Inject(rig.group.Config(), "", 200, /*retain=*/true);
  rig.Inject(rig.group.Config(), "", 300, /*retain=*/true);
  EXPECT_EQ(rig.Newest(rig.group.Config()).payload, "");  // once a second
  rig.Inject(rig.group.Config(), "", 1200, /*retain=*/true);
  EXPECT_EQ(rig.Newest(rig.group.Config()).payload, ours);
}

TEST_F(SuccessionTest, LeasesThatMeanNothingAreCounted) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.Wait(1000);
  rig.Inject(rig.group.Lease(), "garbage", 1010);
  rig.Inject(rig.group.Lease(), EncodeLease({"edge9", 0, 0}), 1020);
  rig.Inject(rig.group.Lease(), EncodeLease({"edge9", 1 << 30, 0}), 1030);
  EXPECT_EQ(rig.Rejected("malformed"), 1U);
  EXPECT_EQ(rig.Rejected("refused"), 1U);
  EXPECT_EQ(rig.Rejected("out_of_range"), 1U);
  EXPECT_TRUE(rig.pipeline.open());
}

}  // namespace
}  // namespace ddnn

// What a coordinator does when messages come again: after a reconnect, or in
// the place of a former edge.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/fusion/tick_memory.h"
#include "tests/unit/fusion/fusion_rig.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Tick kFirst = 1000;
constexpr int kPeriodMs = 40;
/// Ten ticks are due: kFirst to kFirst + 9.
constexpr int kOpenMs = 9 * kPeriodMs;
constexpr int kEndMs = kOpenMs + 1500;

CoordinatorOptions Paced(std::optional<Tick> resume_after = {}) {
  CoordinatorOptions options;
  options.schedule = {FusionRig::Start(), 1000.0 / kPeriodMs, kFirst};
  options.resume_after = resume_after;
  return options;
}

std::vector<TicksUnheard> Unheard(const std::vector<Action>& actions) {
  std::vector<TicksUnheard> unheard;
  for (const auto& item : Only<PublishUnheard>(actions)) {
    unheard.push_back(item.ticks);
  }
  return unheard;
}

TEST(ReturnTest, WhatDevicesOfferAgainIsAnsweredAsIfItCameInTime) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  for (int device = 0; device < 5; ++device) {
    ASSERT_TRUE(rig.Speak(device, kFirst, {4}, kOpenMs + 1));
  }
  rig.coordinator().OnTime(FusionRig::At(kOpenMs + 1400));
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), IsEmpty());
  ASSERT_TRUE(rig.Speak(5, kFirst, {4}, kOpenMs + 1400));

  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_EQ(results[0].latency_ms, kOpenMs + 1400);
  EXPECT_FALSE(results[0].again);
}

/// Who lost the broker too has been declared dead meanwhile.
TEST(ReturnTest, WhoIsNotAliveYetIsAwaitedToo) {
  FusionRig rig(Sure(), Paced());
  for (int device = 0; device < 3; ++device) {
    rig.coordinator().SetAlive(device, true, FusionRig::At(0));
  }
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  const Tick fresh = kFirst + 10;
  for (int device = 0; device < 3; ++device) {
    ASSERT_TRUE(rig.Speak(device, kFirst, {4}, kOpenMs + 1));
    ASSERT_TRUE(rig.Speak(device, fresh, {4}, kOpenMs + kPeriodMs));
  }
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), IsEmpty());
  for (int device = 3; device < 6; ++device) {
    rig.coordinator().SetAlive(device, true, FusionRig::At(kOpenMs + 50));
    ASSERT_TRUE(rig.Speak(device, kFirst, {4}, kOpenMs + 51));
    ASSERT_TRUE(rig.Speak(device, fresh, {4}, kOpenMs + 51));
  }
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_EQ(results[1].status, ResultStatus::kOk);
}

TEST(ReturnTest, WhoDoesNotComeBackIsNotAwaitedForLong) {
  FusionRig rig(Sure(), Paced());
  rig.coordinator().SetAlive(0, true, FusionRig::At(0));
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  ASSERT_TRUE(rig.Speak(0, kFirst, {4}, kOpenMs + 1));
  ASSERT_TRUE(rig.Speak(0, kFirst + 10, {4}, kOpenMs + kPeriodMs));
  const int deadline_ms =
      kOpenMs + kPeriodMs +
      static_cast<int>(CoordinatorOptions().scores_deadline.count());
  rig.coordinator().OnTime(FusionRig::At(deadline_ms));
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), SizeIs(1));
  rig.coordinator().OnTime(FusionRig::At(kEndMs));
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), SizeIs(1));
  // From then on only who is alive.
  ASSERT_TRUE(rig.Speak(0, kFirst + 50, {4}, 50 * kPeriodMs));
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(ReturnTest, TheWatermarkStandsStillUntilTheReturnEnds) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  rig.AllSpeak(kFirst + 10, {4}, kOpenMs + kPeriodMs);
  EXPECT_THAT(Only<PublishDecided>(rig.coordinator().TakeActions()), IsEmpty());
  EXPECT_EQ(rig.coordinator().NextDeadline(), FusionRig::At(kEndMs));

  rig.coordinator().OnTime(FusionRig::At(kEndMs));
  const auto decided = Only<PublishDecided>(rig.coordinator().TakeActions());
  ASSERT_THAT(decided, SizeIs(1));
  EXPECT_EQ(decided[0].tick, kFirst + 10);
}

TEST(ReturnTest, TheWatermarkPassesWhatAllHaveSpokenOf) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  for (const Tick tick : {kFirst, kFirst + 1, kFirst + 3}) {
    rig.AllSpeak(tick, {4}, kOpenMs + 1);
  }
  const auto decided = Only<PublishDecided>(rig.coordinator().TakeActions());
  ASSERT_THAT(decided, SizeIs(1));
  EXPECT_EQ(decided[0].tick, kFirst + 1);

  rig.coordinator().OnTime(FusionRig::At(kEndMs));
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst + 2);
}

TEST(ReturnTest, WhatNobodyOffersIsUnheard) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  for (Tick tick = kFirst + 4; tick != kFirst + 10; ++tick) {
    rig.AllSpeak(tick, {4}, kOpenMs + 1);
  }
  EXPECT_THAT(Unheard(rig.coordinator().TakeActions()), IsEmpty());

  rig.coordinator().OnTime(FusionRig::At(kEndMs));
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst);
  EXPECT_EQ(unheard[0].last, kFirst + 3);
  EXPECT_THAT(unheard[0].devices, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(ReturnTest, UnheardNamesTheDevicesThatWereSilent) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  for (Tick tick = kFirst; tick != kFirst + 10; ++tick) {
    for (const int device : {0, 1, 3, 4, 5}) {
      ASSERT_TRUE(rig.Speak(device, tick, {4}, kOpenMs + 1));
    }
    if (tick == kFirst + 6) continue;
    ASSERT_TRUE(rig.Speak(2, tick, {4}, kOpenMs + 1));
  }
  rig.coordinator().OnTime(FusionRig::At(kEndMs));
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst + 6);
  EXPECT_EQ(unheard[0].last, kFirst + 6);
  EXPECT_THAT(unheard[0].devices, ElementsAre(2));
}

TEST(ReturnTest, NothingIsUnheardIfAllIsOfferedAgain) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  for (Tick tick = kFirst; tick != kFirst + 10; ++tick) {
    rig.AllSpeak(tick, {}, kOpenMs + 1);
  }
  rig.coordinator().OnTime(FusionRig::At(kEndMs));
  EXPECT_THAT(Unheard(rig.coordinator().TakeActions()), IsEmpty());
}

TEST(ReturnTest, AGroupThatOpensBeforeItsFirstTickWaitsForNothing) {
  FusionRig rig(Sure(), Paced());
  rig.coordinator().Open(FusionRig::At(-500));
  EXPECT_EQ(rig.coordinator().NextDeadline(), std::nullopt);
}

TEST(ReturnTest, TheLongestOutageIsOneRange) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  constexpr int kTenMinutes = 600'000;
  rig.coordinator().Open(FusionRig::At(kTenMinutes));
  rig.coordinator().OnTime(FusionRig::At(kTenMinutes + 1500));
  const auto actions = rig.coordinator().TakeActions();
  const auto unheard = Unheard(actions);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].last - unheard[0].first, 15'000U);
}

TEST(ReturnTest, AShutdownTellsWhatIsNotHeardYet) {
  FusionRig rig(Sure(), Paced());
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  rig.coordinator().Shutdown();
  EXPECT_THAT(Unheard(rig.coordinator().TakeActions()), SizeIs(1));
}

TEST(ResumeTest, WhatAFormerEdgeHasDecidedIsNotTaken) {
  FusionRig rig(Sure(), Paced(kFirst + 5));
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  EXPECT_EQ(rig.Speak(0, kFirst + 5, {4}, kOpenMs).error(), Error::kRefused);
  EXPECT_THAT(Losses(rig.coordinator().TakeActions()), IsEmpty());
  EXPECT_TRUE(rig.Speak(0, kFirst + 6, {4}, kOpenMs));
}

TEST(ResumeTest, ViewsOfATickBeforeAreUnheard) {
  FusionRig rig(Sure(), Paced(kFirst + 5));
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  EXPECT_FALSE(rig.Speak(2, kFirst + 5, {4}, kOpenMs));
  EXPECT_FALSE(rig.Speak(3, kFirst + 5, {}, kOpenMs));  // saw nothing
  EXPECT_FALSE(rig.Speak(4, kFirst - 5000, {4}, kOpenMs));
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst + 5);
  EXPECT_EQ(unheard[0].last, kFirst + 5);
  EXPECT_THAT(unheard[0].devices, ElementsAre(2));
}

TEST(ResumeTest, AnswersThatMayBeRepeatsAreFlagged) {
  FusionRig rig(Sure(), Paced(kFirst - 1));
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  rig.AllSpeak(kFirst + 9, {4}, kOpenMs + 1);    // was due
  rig.AllSpeak(kFirst + 259, {4}, kOpenMs + 2);  // a clock ten seconds ahead
  rig.AllSpeak(kFirst + 260, {4}, kOpenMs + 1000);
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(3));
  EXPECT_TRUE(results[0].again);
  EXPECT_TRUE(results[1].again);
  EXPECT_FALSE(results[2].again);
}

TEST(ResumeTest, UnpacedAnswersWithinAWindowAreFlagged) {
  CoordinatorOptions options;
  options.schedule = {FusionRig::Start(), 0, kFirst};
  options.resume_after = kFirst + 2;
  FusionRig rig(Sure(), options);
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(0));
  EXPECT_EQ(rig.coordinator().NextDeadline(), std::nullopt);
  rig.AllSpeak(kFirst + 3, {4});
  rig.AllSpeak(kFirst + 600, {4});
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_TRUE(results[0].again);
  EXPECT_FALSE(results[1].again);
}

TEST(ResumeTest, LossesThatMayBeRepeatsAreFlagged) {
  FusionRig rig(Sure(), Paced(kFirst - 1));
  rig.AllAlive();
  rig.coordinator().Open(FusionRig::At(kOpenMs));
  ASSERT_TRUE(rig.Speak(0, kFirst, {4}, kOpenMs));
  rig.coordinator().Shutdown();
  const auto losses = Losses(rig.coordinator().TakeActions());
  ASSERT_THAT(losses, SizeIs(1));
  EXPECT_TRUE(losses[0].again);
}

TEST(LateTickTest, WhatIsFirstHeardOfAfterItsDeadlineWaitsForAllWhoMayReturn) {
  FusionRig rig(Sure(), Paced());
  rig.coordinator().SetAlive(0, true, FusionRig::At(700));
  ASSERT_TRUE(rig.Speak(0, kFirst, {4}, 700));
  rig.coordinator().OnTime(FusionRig::At(2199));
  EXPECT_THAT(Results(rig.coordinator().TakeActions()), IsEmpty());
  for (int device = 1; device < 6; ++device) {
    ASSERT_TRUE(rig.Speak(device, kFirst, {4}, 2199));
  }
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kOk);
  EXPECT_EQ(results[0].latency_ms, 2199);
}

TEST(LateTickTest, ItIsAnsweredWithWhatCameBack) {
  FusionRig rig(Sure(), Paced());
  rig.coordinator().SetAlive(0, true, FusionRig::At(700));
  ASSERT_TRUE(rig.Speak(0, kFirst, {4}, 700));
  rig.coordinator().OnTime(FusionRig::At(2200));
  const auto results = Results(rig.coordinator().TakeActions());
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].status, ResultStatus::kDegraded);
}

TEST(SequenceGapTest, MissingMessagesAreUnheard) {
  FusionRig rig(Sure(), Paced());
  rig.coordinator().NoteUnheard(3, kFirst + 1, kFirst + 4);
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_THAT(unheard[0].devices, ElementsAre(3));
}

TEST(SequenceGapTest, TicksBeforeTheScheduleAreLeftOut) {
  FusionRig rig(Sure(), Paced());
  rig.coordinator().NoteUnheard(3, kFirst - 10, kFirst + 4);
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst);
}

TEST(SequenceGapTest, WhatIsForgottenIsLeftOut) {
  constexpr Tick kDecided = kFirst + 10'000;
  FusionRig rig(Sure(), Paced(kDecided));
  rig.coordinator().NoteUnheard(3, kFirst, kDecided + 4);
  rig.coordinator().NoteUnheard(3, kFirst, kFirst + 100);
  const auto unheard = Unheard(rig.coordinator().TakeActions());
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kDecided - TickMemory::kMaxTicks);
  EXPECT_EQ(unheard[0].last, kDecided + 4);
}

}  // namespace
}  // namespace ddnn

// What an edge tells of ticks that it could not hear of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/edge_agent/succession_rig.h"

namespace ddnn {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class UnheardTest : public SuccessionTest {};

TEST_F(UnheardTest, WhatIsNotOfferedAgainIsPublishedAsUnheard) {
  EdgeRig rig(Sure(), Paced());
  rig.AllClaim();
  Leave(rig.codec, &rig, kFirst + 100);
  rig.Connect(4500);
  for (int tick = 105; tick <= 112; ++tick) rig.AllSpeak(tick, {4}, 4600);
  rig.Wait(5990);
  EXPECT_THAT(Unheard(rig), IsEmpty());
  rig.Wait(6000);
  const auto unheard = Unheard(rig);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, kFirst + 101);
  EXPECT_EQ(unheard[0].last, kFirst + 104);
}

TEST_F(UnheardTest, MissingSequenceNumbersArePublishedAsUnheard) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  for (const int device : {0, 1, 2, 3, 4}) {
    rig.Speak(device, 1, {4}, 550);
    rig.Speak(device, 2, {4}, 590);
  }
  rig.SkipSequence(5, 2);  // ticks 1 and 2 of device 5 got lost
  rig.AllSpeak(3, {4}, 630);
  rig.Wait(1600);
  const auto unheard = Unheard(rig);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, rig.TickAt(1));
  EXPECT_EQ(unheard[0].last, rig.TickAt(2));
  EXPECT_THAT(unheard[0].devices, testing::ElementsAre(5));
}

TEST_F(UnheardTest, WhatADeviceSaidWhileItWasTakenForDeadIsUnheard) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  AgentState state = rig.DeviceState(5);
  state.online = false;
  rig.SendState(EdgeRig::Agent(5), state, 520);
  rig.SkipSequence(5, 2);  // ticks 1 and 2, on a link that was cut
  rig.SendState(EdgeRig::Agent(5), rig.DeviceState(5), 600);
  rig.AllSpeak(3, {4}, 630);
  rig.Wait(1600);
  const auto unheard = Unheard(rig);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, rig.TickAt(1));
  EXPECT_EQ(unheard[0].last, rig.TickAt(2));
}

TEST_F(UnheardTest, TheNumbersOfAnotherBootTellNothing) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  rig.SkipSequence(5, 2);
  rig.SendState(EdgeRig::Agent(5), rig.DeviceState(5, /*boot=*/501), 600);
  rig.AllSpeak(3, {4}, 630);
  rig.Wait(1600);
  EXPECT_THAT(Unheard(rig), IsEmpty());
}

TEST_F(UnheardTest, WhatIsOfferedAgainFromTheWatermarkOnIsNotMissing) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  rig.Speak(5, 1, {4}, 550);
  rig.Speak(5, 2, {4}, 590);
  rig.SkipSequence(5, 3);
  rig.Speak(5, 1, {4}, 600);
  rig.Wait(1600);
  EXPECT_THAT(Unheard(rig), IsEmpty());
}

TEST_F(UnheardTest, AStopTellsWhatAliveDevicesHaveNotSaid) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  for (const int device : {0, 1, 2}) {
    rig.Speak(device, 1, {4}, 550);
    rig.Speak(device, 2, {4}, 590);
  }
  AgentState gone = rig.DeviceState(5);
  gone.online = false;
  rig.SendState(EdgeRig::Agent(5), gone, 600);
  rig.Wait(1060);  // tick 1 is past its deadline
  rig.pipeline.Stop(EdgeRig::At(1070));
  const auto unheard = Unheard(rig);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, rig.TickAt(1));
  EXPECT_EQ(unheard[0].last, rig.TickAt(2));
  EXPECT_THAT(unheard[0].devices, testing::ElementsAre(3, 4));
}

TEST_F(UnheardTest, AFarTickMakesNoRange) {
  EdgeRig rig(Sure(), Paced());
  rig.Open();
  rig.AllSpeak(0, {4}, 510);
  rig.Speak(5, 100'000, {4}, 520);
  rig.SkipSequence(5, 1);
  rig.Speak(5, 3, {4}, 630);
  rig.Wait(1600);
  const auto unheard = Unheard(rig);
  ASSERT_THAT(unheard, SizeIs(1));
  EXPECT_EQ(unheard[0].first, rig.TickAt(1));
  EXPECT_EQ(unheard[0].last, rig.TickAt(2));
}

}  // namespace
}  // namespace ddnn

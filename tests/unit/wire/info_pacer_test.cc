#include "core/wire/info_pacer.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

Instant At(int ms) {
  return Instant(std::chrono::hours(480000)) + milliseconds(ms);
}

TEST(InfoPacerTest, ChangedCountersGoOutOnceInTenSeconds) {
  InfoPacer pacer;
  AgentCounters counters{{"ticks", 1}};
  EXPECT_EQ(pacer.Due(counters, At(0)), EncodeAgentInfo(counters));
  counters["ticks"] = 2;
  EXPECT_EQ(pacer.Due(counters, At(9999)), std::nullopt);
  EXPECT_EQ(pacer.next(), At(10000));
  EXPECT_EQ(pacer.Due(counters, At(10000)), EncodeAgentInfo(counters));
}

TEST(InfoPacerTest, UnchangedCountersStay) {
  InfoPacer pacer;
  const AgentCounters counters{{"ticks", 1}};
  pacer.Due(counters, At(0));
  EXPECT_EQ(pacer.Due(counters, At(50000)), std::nullopt);
  EXPECT_EQ(pacer.Final(counters), std::nullopt);
}

TEST(InfoPacerTest, FinalDoesNotWait) {
  InfoPacer pacer;
  AgentCounters counters{{"ticks", 1}};
  pacer.Due(counters, At(0));
  counters["ticks"] = 2;
  EXPECT_EQ(pacer.Final(counters), EncodeAgentInfo(counters));
}

TEST(InfoPacerTest, AClockThatWasSetBackDoesNotSilenceIt) {
  InfoPacer pacer;
  pacer.Due({{"ticks", 1}}, At(0));
  EXPECT_FALSE(pacer.IsDue(At(5000)));
  EXPECT_TRUE(pacer.IsDue(At(-3'600'000)));
}

TEST(InfoPacerTest, ForgottenCountersGoOutAgain) {
  InfoPacer pacer;
  const AgentCounters counters{{"ticks", 1}};
  pacer.Due(counters, At(0));
  pacer.Forget();
  EXPECT_EQ(pacer.Due(counters, At(10000)), EncodeAgentInfo(counters));
}

}  // namespace
}  // namespace ddnn

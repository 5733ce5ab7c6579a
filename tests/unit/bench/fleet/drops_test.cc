#include "bench/fleet/drops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(DropsTest, TakesWhatWasDroppedAndNothingElse) {
  std::map<std::string, std::uint64_t> drops;
  AddDrops("edge",
           {{"late_scores", 2},
            {"rejected_score_wrong_bundle", 1},
            {"lost_late", 4},
            {"sent_score_messages", 900},
            {"results_local_ok", 30}},
           &drops);
  EXPECT_THAT(drops,
              UnorderedElementsAre(Pair("edge late_scores", 2),
                                   Pair("edge rejected_score_wrong_bundle", 1),
                                   Pair("edge lost_late", 4)));
}

TEST(DropsTest, ZerosAreNotKept) {
  std::map<std::string, std::uint64_t> drops;
  AddDrops("device", {{"inbox_dropped", 0}, {"unsent_offline", 0}}, &drops);
  EXPECT_THAT(drops, IsEmpty());
}

TEST(DropsTest, AgentsOfOneKindAreAddedUp) {
  std::map<std::string, std::uint64_t> drops;
  AddDrops("device", {{"stale_ticks", 1}}, &drops);
  AddDrops("device", {{"stale_ticks", 2}}, &drops);
  AddDrops("edge", {{"inbox_dropped", 5}}, &drops);
  EXPECT_THAT(drops, UnorderedElementsAre(Pair("device stale_ticks", 3),
                                          Pair("edge inbox_dropped", 5)));
}

}  // namespace
}  // namespace ddnn

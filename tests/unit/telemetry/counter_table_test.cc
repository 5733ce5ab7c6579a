#include "core/telemetry/counter_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/base/result.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CounterTable Doors() {
  return {{"ddnn_doors_total", "Doors.", {{"doors"}}},
          {"ddnn_lost_total", "Lost.", RowsByReason("lost_", {"late", "old"})}};
}

TEST(CounterTableTest, ReasonsBecomeRows) {
  const auto rows = RowsByReason("lost_", {"late", "old"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].counter, "lost_old");
  EXPECT_THAT(rows[1].labels, ElementsAre(std::pair("reason", "old")));
}

TEST(CounterTableTest, ACounterWithoutRowIsFound) {
  EXPECT_THAT(NamesWithoutRow(Doors(), {{"doors", 1}, {"lost_old", 2}}),
              IsEmpty());
  EXPECT_THAT(NamesWithoutRow(Doors(), {{"doors", 1}, {"windows", 2}}),
              ElementsAre("windows"));
}

TEST(CounterTableTest, EveryErrorIsAReasonToReject) {
  std::set<std::string> counters;
  for (const auto& row : RejectedMessages({"unclaimed"}).rows) {
    counters.insert(row.counter);
  }
  EXPECT_EQ(counters.size(), kErrors.size() + 1);
  EXPECT_TRUE(counters.contains("rejected_wrong_bundle"));
  EXPECT_TRUE(counters.contains("rejected_unclaimed"));
}

}  // namespace
}  // namespace ddnn

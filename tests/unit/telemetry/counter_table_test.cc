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

TEST(CounterTableTest, EachKindOfMessageIsRejectedForEachReason) {
  std::set<std::string> counters;
  for (const auto& row :
       RejectedMessages({MessageKind::kEdgeScore, MessageKind::kAsk},
                        {"unclaimed"})
           .rows) {
    counters.insert(row.counter);
  }
  EXPECT_TRUE(counters.contains("rejected_ask_wrong_bundle"));
  EXPECT_TRUE(counters.contains("rejected_edge_score_unclaimed"));
  EXPECT_TRUE(counters.contains(
      RejectedCounter(MessageKind::kAsk, Name(Error::kTruncated))));
}

TEST(CounterTableTest, TrafficIsNamedByLinkAndKind) {
  const CounterTable table =
      BusCounters({MessageKind::kAsk}, {MessageKind::kEdgeScore});
  const CounterFamily& sent = table.front();
  EXPECT_EQ(sent.name, "ddnn_messages_sent_total");
  EXPECT_EQ(sent.rows.back().counter, "sent_ask_messages");
  EXPECT_THAT(
      sent.rows.back().labels,
      ElementsAre(std::pair("link", "edge_cloud"), std::pair("kind", "ask")));
}

}  // namespace
}  // namespace ddnn

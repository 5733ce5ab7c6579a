#include "trainer/experiment/table.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

Table Example() {
  return {"t",
          "A caption",
          {{"pair", "pair"},
           {"local", "local", Kind::kPercent},
           {"overall", "overall", Kind::kInterval},
           {"bytes", "bytes", Kind::kNumber},
           {"bus", "bus", Kind::kCount}},
          {{Text("MP, CC"), Values({0.5, 0.6}), Values({0.97}, 171),
            Values({62.1}), Values({6, 7}, 7)},
           {Text("none"), {}, {}, {}, {}}}};
}

TEST(ToMarkdownTest, HoldsMeanDeviationIntervalAndCounts) {
  EXPECT_EQ(ToMarkdown(Example()),
            "| pair | local | overall | bytes | bus |\n"
            "|---|---|---|---|---|\n"
            "| MP, CC | 55.0 ± 7.1 | 97.0 (93-99) | 62.1 | 6.5 of 7 |\n"
            "| none | - | - | - | - |\n");
}

TEST(ToCsvTest, HoldsAColumnForEachNumberAndQuotesText) {
  EXPECT_EQ(ToCsv(Example()),
            "pair,local,local_sd,overall,overall_sd,overall_low,overall_high,"
            "bytes,bytes_sd,bus,bus_of\n"
            "\"MP, CC\",55.00,7.07,97.00,0.00,93.24,98.70,62.10,0.00,6.50,7\n"
            "none,,,,,,,,,,\n");
}

TEST(ToCsvTest, QuotesAreDoubled) {
  EXPECT_EQ(ToCsv({"t", "", {{"a", "a"}}, {{Text("x\"y")}}}),
            "a\n\"x\"\"y\"\n");
}

}  // namespace
}  // namespace ddnn

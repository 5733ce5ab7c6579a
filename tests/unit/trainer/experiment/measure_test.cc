#include "trainer/experiment/measure.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/trainer/experiment/fake_evidence.h"
#include "tests/unit/trainer/synthetic.h"

namespace ddnn {
namespace {

TEST(SilenceTest, TakesTheViewsOfThoseCamerasAlone) {
  const Examples rows = MakeSynthetic(20, 3, 1);
  const Examples quiet = Silence(rows, std::array{0, 2});
  EXPECT_EQ(quiet.size() + quiet.blind, 20);
  EXPECT_GT(quiet.blind, 0);
  for (const auto& views : quiet.views) {
    EXPECT_FALSE(views[0].has_value());
    EXPECT_TRUE(views[1].has_value());
  }
}

TEST(ReadWithoutTest, LosingNobodyChangesNothing) {
  const Finding finding = FakeFinding(PaperRun("time"));
  const Reading all = ReadOf(finding);
  const Reading none = ReadWithout(finding, {});
  EXPECT_EQ(all.figures.overall.correct, none.figures.overall.correct);
  EXPECT_DOUBLE_EQ(all.content_bytes, none.content_bytes);
}

TEST(ReadWithoutTest, LosingEveryoneLeavesBlindRowsOnly) {
  const Finding finding = FakeFinding(PaperRun("time"));
  const Reading none = ReadWithout(finding, std::array{0, 1, 2, 3, 4, 5});
  EXPECT_EQ(none.figures.samples, 0);
  EXPECT_EQ(none.figures.blind, 24);
  EXPECT_TRUE(Overall({none}).values.empty());
}

class BytesTest : public testing::Test {
 protected:
  double PresentShare() const {
    double views = 0;
    for (const auto& of_row : finding_.test->views) {
      for (const auto& view : of_row) views += view.has_value() ? 1 : 0;
    }
    return views / (finding_.test->size() * finding_.test->devices());
  }
  Reading At(float threshold) const {
    return ReadAt(finding_.bundle, *finding_.test, finding_.decisions,
                  {threshold});
  }
  Finding finding_ = FakeFinding(PaperRun("time"));
};

TEST_F(BytesTest, WhereAllLeaveLocallyOnlyScoresAreSent) {
  // Three classes: 4 bytes each by the paper, 2 each for a view in fact.
  EXPECT_DOUBLE_EQ(At(1).formula_bytes, 12);
  EXPECT_DOUBLE_EQ(At(1).content_bytes, 6 * PresentShare());
}

TEST_F(BytesTest, WhereNoneLeavesEveryMapIsSent) {
  ASSERT_EQ(At(-1).figures.left_at.at(Tier::kDevice).correct, 0);
  EXPECT_DOUBLE_EQ(At(-1).formula_bytes, 12 + 128);
  EXPECT_DOUBLE_EQ(At(-1).content_bytes, (6 + 128) * PresentShare());
}

TEST(ReadAtTest, BlindRowsCountAsWrongOfAll) {
  Finding finding = FakeFinding(PaperRun("time"));
  Examples rows = *finding.test;
  rows.blind = rows.size();
  const Reading reading =
      ReadAt(finding.bundle, rows, finding.decisions, {0.8F});
  EXPECT_DOUBLE_EQ(reading.overall_of_all, reading.figures.overall.share() / 2);
}

TEST(StandardCellsTest, FitTheirColumns) {
  const Readings readings{ReadOf(FakeFinding(PaperRun("time")))};
  EXPECT_EQ(StandardCells(readings).size(), StandardColumns().size());
}

TEST(CountTest, ClassThatIsNotThereHasNoCell) {
  const Readings readings{ReadOf(FakeFinding(PaperRun("time")))};
  EXPECT_TRUE(ClassCount(readings, "bus").values.empty());
  EXPECT_EQ(ClassCount(readings, "lies").of, 8);
  EXPECT_EQ(SourceCount(readings, "bar1").of, 8);
}

}  // namespace
}  // namespace ddnn

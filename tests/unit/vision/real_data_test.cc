// The real data set, where it is at hand: counts and sums that change when
// rows, crops or pixels do.
#include "tests/support/real_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "core/vision/dataset.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class RealDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto root = RealData();
    if (!root) GTEST_SKIP() << kNoRealData;
    auto data = ReadDataSet(*root, Split{"time", "test"});
    ASSERT_TRUE(data.ok()) << data.message();
    data_ = std::move(*data);
  }

  DataSet data_;
};

TEST_F(RealDataTest, TimeTestHasItsSamplesAndTicks) {
  EXPECT_THAT(data_.samples, SizeIs(137));
  EXPECT_THAT(GroupByFrame(data_), SizeIs(35));
  EXPECT_THAT(data_.classes, ElementsAre("car", "bus", "person"));
  EXPECT_THAT(data_.cameras,
              ElementsAre("cam0", "cam1", "cam2", "cam3", "cam4", "cam5"));
}

TEST_F(RealDataTest, ViewsHaveKnownCountsAndSum) {
  const auto views = ReadAllViews(data_);
  ASSERT_TRUE(views.ok()) << views.message();
  std::vector<int> seen(data_.cameras.size(), 0);
  double sum = 0;
  for (const auto& sample : *views) {
    for (std::size_t camera = 0; camera < seen.size(); ++camera) {
      if (!sample[camera]) continue;
      ++seen[camera];
      sum =
          std::accumulate(sample[camera]->begin(), sample[camera]->end(), sum);
    }
  }
  EXPECT_THAT(seen, ElementsAre(59, 57, 87, 75, 111, 91));
  // JPEG decoders may differ by a rounding here and there.
  EXPECT_NEAR(sum / 151'443'914, 1.0, 1e-3);
}

}  // namespace
}  // namespace ddnn

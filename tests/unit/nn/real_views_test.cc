#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/nn/network.h"
#include "core/vision/dataset.h"
#include "tests/support/real_data.h"
#include "tests/support/test_bundle.h"
#include "tests/unit/nn/targets.h"

namespace ddnn {
namespace {

TEST(RealViewsTest, FastKernelEqualsReferenceOnEverySample) {
  const auto folder = RealData();
  if (!folder) GTEST_SKIP() << kNoRealData;
  const DataSet data = ReadDataSet(*folder).value();
  const SampleViews samples = ReadAllViews(data).value();
  const Bundle bundle =
      MakeTestBundle({.devices = static_cast<int>(data.cameras.size())});
  const Network reference(bundle, Kernel::kReference);
  const Network fast(bundle, Kernel::kFast);
  const int cloud = bundle.device_count();
  for (std::size_t s = 0; s < samples.size(); ++s) {
    std::vector<FeatureMap> maps(samples[s].size());
    std::vector<const FeatureMap*> present(samples[s].size(), nullptr);
    for (std::size_t d = 0; d < samples[s].size(); ++d) {
      if (!samples[s][d]) continue;
      const View& view = *samples[s][d];
      const NodeOutput expected =
          reference.RunDevice(static_cast<int>(d), view);
      OnEachTarget([&](const std::string& target) {
        const NodeOutput output = fast.RunDevice(static_cast<int>(d), view);
        ASSERT_EQ(output.map, expected.map) << target << ", sample " << s;
        ASSERT_EQ(output.sums, expected.sums) << target << ", sample " << s;
      });
      maps[d] = expected.map;
      present[d] = &maps[d];
    }
    const auto expected = reference.RunNode(cloud, present);
    if (!expected) continue;  // a row that no camera sees
    OnEachTarget([&](const std::string& target) {
      const auto output = fast.RunNode(cloud, present);
      ASSERT_EQ(output->map, expected->map) << target << ", sample " << s;
      ASSERT_EQ(output->sums, expected->sums) << target << ", sample " << s;
    });
  }
}

}  // namespace
}  // namespace ddnn

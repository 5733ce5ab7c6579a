#include "trainer/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_bundle.h"
#include "tests/unit/trainer/synthetic.h"
#include "trainer/exact.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CheckEqualTest, NamesTheFirstSampleAndExitThatDiffer) {
  const Examples examples = MakeSynthetic(6, 6, 1);
  const Bundle bundle = MakeTestBundle();
  const ExitLogits exact = EvaluateExactly(bundle, examples);
  const auto network = EvaluateBundle(bundle, examples);
  ASSERT_TRUE(network.ok()) << network.message();
  EXPECT_TRUE(CheckEqual(exact, *network, examples).ok());

  ExitLogits wrong = *network;
  wrong.logits[1][4][2] += 1e-6F;
  const auto status = CheckEqual(exact, wrong, examples);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("sample 104"), HasSubstr("cloud exit"),
                    HasSubstr("class 2")));
}

TEST(EvaluateExactlyTest, AgreesWithCoreNnOnRandomTrees) {
  const Examples examples = MakeSynthetic(12, 6, 2);
  for (const int edges : {0, 1, 2}) {
    for (const auto maps : {Aggregation::kMaxPool, Aggregation::kAveragePool,
                            Aggregation::kConcat}) {
      TestBundleOptions options;
      options.edges = edges;
      options.maps = maps;
      options.scores = maps;
      options.device_layers = 2;
      const Bundle bundle = MakeTestBundle(options);
      const auto network = EvaluateBundle(bundle, examples, Kernel::kReference);
      ASSERT_TRUE(network.ok()) << network.message();
      const auto equal =
          CheckEqual(EvaluateExactly(bundle, examples), *network, examples);
      EXPECT_TRUE(equal.ok()) << equal.message();
    }
  }
}

}  // namespace
}  // namespace ddnn

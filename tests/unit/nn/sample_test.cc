#include "core/nn/sample.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

TEST(SampleTest, NameIsTickAndObject) {
  EXPECT_EQ(ToString(SampleId{0, 0}), "0-0");
  EXPECT_EQ(ToString(SampleId{4294967295U, 65535}), "4294967295-65535");
}

TEST(SampleTest, StatusesHaveStableNames) {
  EXPECT_EQ(Name(ResultStatus::kOk), "ok");
  EXPECT_EQ(Name(ResultStatus::kDegraded), "degraded");
  EXPECT_EQ(Name(ResultStatus::kFallback), "fallback");
}

TEST(SampleTest, LossReasonsHaveStableNames) {
  EXPECT_EQ(Name(LossReason::kLate), "late");
  EXPECT_EQ(Name(LossReason::kOverload), "overload");
  EXPECT_EQ(Name(LossReason::kShutdown), "shutdown");
}

}  // namespace
}  // namespace ddnn

#include "core/base/result.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace ddnn {
namespace {

TEST(ErrorTest, TheListIsCompleteAndEachHasItsName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    EXPECT_EQ(kErrors[i], static_cast<Error>(i));
    names.insert(Name(kErrors[i]));
  }
  EXPECT_EQ(names.size(), kErrors.size());
  EXPECT_FALSE(names.contains("unknown"));
  // The first value beyond the list must not exist.
  EXPECT_EQ(Name(static_cast<Error>(kErrors.size())), "unknown");
}

}  // namespace
}  // namespace ddnn

#include "core/base/message_kind.h"

#include <gtest/gtest.h>

#include <set>

namespace ddnn {
namespace {

TEST(MessageKindTest, EveryKindHasANameOfItsOwnAndALink) {
  const std::set<std::string_view> links{"device_edge", "edge_edge",
                                         "edge_cloud", "site"};
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kMessageKinds; ++i) {
    const auto kind = static_cast<MessageKind>(i);
    EXPECT_TRUE(names.insert(Name(kind)).second) << Name(kind);
    EXPECT_TRUE(links.contains(LinkOf(kind))) << Name(kind);
  }
  EXPECT_EQ(Name(MessageKind::kOther), "other");
  EXPECT_EQ(Name(MessageKind::kEdgeFeature), "edge_feature");
  EXPECT_EQ(LinkOf(MessageKind::kAnswer), "edge_cloud");
}

}  // namespace
}  // namespace ddnn

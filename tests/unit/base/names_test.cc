#include "core/base/names.h"

#include <gtest/gtest.h>

#include <string>

namespace ddnn {
namespace {

TEST(NamesTest, PlainIdsAreValid) {
  EXPECT_TRUE(IsValidId("cam0"));
  EXPECT_TRUE(IsValidId("north-gate-2"));
  EXPECT_TRUE(IsValidId(std::string(32, 'a')));
}

TEST(NamesTest, WhatCouldBreakATopicIsNotAnId) {
  for (const char* id :
       {"", "-cam", "Cam", "a/b", "a+", "#", "a b", "caf\xc3\xa9"}) {
    EXPECT_FALSE(IsValidId(id)) << id;
  }
  EXPECT_FALSE(IsValidId(std::string(33, 'a')));
}

}  // namespace
}  // namespace ddnn

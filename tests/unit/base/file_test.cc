#include "core/base/file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  TempFolder folder_;
};

TEST_F(FileTest, WhatIsWrittenIsReadBack) {
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "x", content).ok());
  EXPECT_EQ(ReadFile(folder_ / "x").value(), content);
}

TEST_F(FileTest, WritingLeavesNoTemporaryFile) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "x", "1").ok());
  ASSERT_TRUE(WriteFileAtomically(folder_ / "x", "2").ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
  EXPECT_EQ(ReadFile(folder_ / "x").value(), "2");
}

TEST_F(FileTest, FailedWriteNamesThePathAndLeavesNothing) {
  const auto status = WriteFileAtomically(folder_ / "none" / "x", "1");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("none/x"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(FileTest, MissingFileIsNotFound) {
  EXPECT_EQ(ReadFile(folder_ / "none").error(), Error::kNotFound);
}

TEST_F(FileTest, FolderIsUnreadable) {
  EXPECT_EQ(ReadFile(folder_.path()).error(), Error::kUnreadable);
}

TEST_F(FileTest, FileBeyondTheLimitIsOversized) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "x", "12345").ok());
  EXPECT_EQ(ReadFile(folder_ / "x", 4).error(), Error::kOversized);
  EXPECT_TRUE(ReadFile(folder_ / "x", 5).ok());
}

}  // namespace
}  // namespace ddnn

#include "core/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  /// Files, folders and all else in the folder.
  auto FilesHere() const {
    return std::distance(fs::directory_iterator(folder_.path()), {});
  }

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
  EXPECT_EQ(FilesHere(), 1);
  EXPECT_EQ(ReadFile(folder_ / "x").value(), "2");
}

TEST_F(FileTest, FailedWriteNamesThePathAndLeavesNothing) {
  const auto status = WriteFileAtomically(folder_ / "none" / "x", "1");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("none/x"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(FileTest, PipeIsRefusedByNameAndStays) {
  const auto pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto status = WriteFileAtomically(pipe, "1");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr(pipe.string() + ": not a regular"));
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(FilesHere(), 1);
}

TEST_F(FileTest, LinkToAPipeIsRefusedAndBothStay) {
  const auto pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_symlink("pipe", folder_ / "link");
  EXPECT_FALSE(WriteFileAtomically(folder_ / "link", "1").ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(FileTest, FolderIsNotReplaced) {
  fs::create_directory(folder_ / "x");
  const auto status = WriteFileAtomically(folder_ / "x", "1");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("not a regular file"));
  EXPECT_EQ(FilesHere(), 1);
}

TEST_F(FileTest, LinkStaysAndItsFileIsReplaced) {
  fs::create_directory(folder_ / "real");
  ASSERT_TRUE(WriteFileAtomically(folder_ / "real" / "x", "old").ok());
  fs::create_symlink("real/x", folder_ / "link");
  ASSERT_TRUE(WriteFileAtomically(folder_ / "link", "new").ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(ReadFile(folder_ / "real" / "x").value(), "new");
}

TEST_F(FileTest, LinkToNothingIsRefused) {
  fs::create_symlink("none", folder_ / "link");
  const auto status = WriteFileAtomically(folder_ / "link", "1");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.message(), HasSubstr("leads nowhere"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
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

#include "core/vision/folder_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FolderSourceTest : public ::testing::Test {
 protected:
  void Write(const char* name, int red) {
    WritePatternImage(folder_ / name, 8, 8, red);
  }
  /// Red of the images that come, up to `most`; a PNG keeps it exactly.
  std::vector<int> Play(FolderSource* source, int most) {
    std::vector<int> reds;
    Frame frame;
    while (static_cast<int>(reds.size()) < most) {
      const auto read = source->Read(&frame);
      EXPECT_TRUE(read.ok()) << read.message();
      if (!read || !*read) break;
      reds.push_back(frame.bgr[2]);
    }
    return reds;
  }

  TempFolder folder_;
};

TEST_F(FolderSourceTest, ShowsImagesByNameAndEnds) {
  Write("b.png", 20);
  Write("a.png", 10);
  Write("c.PNG.png", 30);
  std::ofstream(folder_ / "notes.txt") << "not an image";
  FolderSource source(folder_.path(), 4, false);
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(source.frame_period(), std::chrono::milliseconds(250));
  EXPECT_THAT(Play(&source, 9), ElementsAre(10, 20, 30));
}

TEST_F(FolderSourceTest, LoopStartsAgain) {
  Write("a.png", 10);
  Write("b.png", 20);
  FolderSource source(folder_.path(), 4, true);
  ASSERT_TRUE(source.Open().ok());
  EXPECT_THAT(Play(&source, 5), ElementsAre(10, 20, 10, 20, 10));
}

TEST_F(FolderSourceTest, DamagedImageIsLeftOut) {
  Write("a.png", 10);
  std::ofstream(folder_ / "b.png") << "no image";
  Write("c.png", 30);
  FolderSource source(folder_.path(), 4, true);
  ASSERT_TRUE(source.Open().ok());
  EXPECT_THAT(Play(&source, 4), ElementsAre(10, 30, 10, 30));
  EXPECT_EQ(source.left_out(), 2U);
}

TEST_F(FolderSourceTest, FolderOfDamagedImagesIsAFailure) {
  std::ofstream(folder_ / "b.png") << "no image";
  FolderSource source(folder_.path(), 4, true);
  ASSERT_TRUE(source.Open().ok());
  Frame frame;
  const auto read = source.Read(&frame);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.message(), HasSubstr("images in a row cannot be read"));
}

TEST_F(FolderSourceTest, DamagedImagesAtTheEndAreItsEnd) {
  Write("a.png", 10);
  std::ofstream(folder_ / "b.png") << "no image";
  FolderSource source(folder_.path(), 4, false);
  ASSERT_TRUE(source.Open().ok());
  EXPECT_THAT(Play(&source, 1), ElementsAre(10));
  Frame frame;
  EXPECT_EQ(source.Read(&frame).value(), false);
}

TEST_F(FolderSourceTest, EmptyFolderSaysWhatItShouldHold) {
  const auto opened = FolderSource(folder_.path(), 4, false).Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.message(), HasSubstr("holds no image (*.jpg"));
}

TEST_F(FolderSourceTest, AbsentFolderAndFileAreNamed) {
  const auto absent = FolderSource(folder_ / "none", 4, false).Open();
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error(), Error::kNotFound);
  EXPECT_THAT(absent.message(), HasSubstr("none: no such folder"));
  Write("a.png", 10);
  const auto file = FolderSource(folder_ / "a.png", 4, false).Open();
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error(), Error::kUnreadable);
}

}  // namespace
}  // namespace ddnn

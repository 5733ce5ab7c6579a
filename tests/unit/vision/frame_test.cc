#include "core/vision/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "tests/support/tiny_data_set.h"

namespace ddnn {
namespace {

using ::testing::HasSubstr;

class FrameTest : public ::testing::Test {
 protected:
  /// An encoded image of the pattern.
  std::string Encoded(const std::string& suffix, int width, int height) const {
    const auto file = folder_ / ("image" + suffix);
    WritePatternImage(file, width, height, 77);
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  Result<Frame> Read(const std::string& bytes) const {
    const auto file = folder_ / "frame.jpg";
    std::ofstream(file, std::ios::binary) << bytes;
    return ReadFrame(file);
  }

 private:
  TempFolder folder_;
};

TEST_F(FrameTest, PngIsReadAsBlueGreenRed) {
  const auto frame = Read(Encoded(".png", 20, 10));
  ASSERT_TRUE(frame.ok()) << frame.message();
  EXPECT_EQ(frame->width, 20);
  EXPECT_EQ(frame->height, 10);
  ASSERT_EQ(frame->bgr.size(), 600U);
  const std::size_t pixel = (4 * 20 + 7) * 3;
  EXPECT_EQ(frame->bgr[pixel], TinyDataSet::Blue(7));
  EXPECT_EQ(frame->bgr[pixel + 1], TinyDataSet::Green(4));
  EXPECT_EQ(frame->bgr[pixel + 2], 77);
}

TEST_F(FrameTest, JpegIsRead) {
  const auto frame = Read(Encoded(".jpg", 30, 16));
  ASSERT_TRUE(frame.ok()) << frame.message();
  EXPECT_EQ(frame->width, 30);
  EXPECT_EQ(frame->height, 16);
}

TEST_F(FrameTest, MissingFileIsNotFound) {
  const auto frame = ReadFrame("/nonexistent/1.jpg");
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error(), Error::kNotFound);
  EXPECT_THAT(frame.message(), HasSubstr("/nonexistent/1.jpg"));
}

TEST_F(FrameTest, OtherContentIsUnreadable) {
  for (const char* wrong : {"", "GIF89a", "\xFF\xD8", "\x89PNG\r\n\x1A\n"}) {
    const auto frame = Read(wrong);
    ASSERT_FALSE(frame.ok());
    EXPECT_EQ(frame.error(), Error::kUnreadable);
    EXPECT_THAT(frame.message(), HasSubstr("frame.jpg: not a JPEG or PNG"));
  }
}

TEST_F(FrameTest, HeaderAloneIsUnreadable) {
  const std::string png = Encoded(".png", 20, 10);
  EXPECT_EQ(Read(png.substr(0, 40)).error(), Error::kUnreadable);
}

TEST_F(FrameTest, HugePngIsRefusedBeforeItIsDecoded) {
  std::string png = Encoded(".png", 20, 10);
  png[17] = 1;  // width 20 + 65536
  const auto frame = Read(png);
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error(), Error::kOversized);
  EXPECT_THAT(frame.message(), HasSubstr("65556x10 pixels; at most 8192"));
}

TEST_F(FrameTest, HugeJpegIsRefusedBeforeItIsDecoded) {
  std::string jpeg = Encoded(".jpg", 20, 10);
  const auto start_of_frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(start_of_frame, std::string::npos);
  jpeg[start_of_frame + 5] = '\x7F';
  EXPECT_EQ(Read(jpeg).error(), Error::kOversized);
}

}  // namespace
}  // namespace ddnn

#include "core/vision/video_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <opencv2/videoio.hpp>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class VideoSourceTest : public ::testing::Test {
 protected:
  /// Image i is grey, 10 + 20 * i.
  std::string WriteVideo(const char* name, int images,
                         const char* codec = "MJPG") {
    const std::string file = folder_ / name;
    cv::VideoWriter out(
        file, cv::CAP_FFMPEG,
        cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]), 20,
        cv::Size(64, 48));
    EXPECT_TRUE(out.isOpened());
    for (int i = 0; i < images; ++i) {
      out.write(cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(10 + 20 * i)));
    }
    return file;
  }
  static VideoSource Source(const std::string& file, bool loop = false) {
    return VideoSource({.location = file, .loop = loop});
  }
  Failure OpenFailure(const std::string& file) {
    auto source = Source(file);
    const auto opened = source.Open();
    return opened.ok() ? Failure{Error::kRefused, "it opens"}
                       : opened.failure();
  }
  static void ExpectImage(VideoSource* source, int i) {
    Frame frame;
    const auto read = source->Read(&frame);
    ASSERT_TRUE(read.ok()) << read.message();
    ASSERT_TRUE(*read);
    EXPECT_EQ(frame.width, 64);
    EXPECT_EQ(frame.height, 48);
    ASSERT_EQ(frame.bgr.size(), 64U * 48 * 3);
    EXPECT_NEAR(frame.bgr[0], 10 + 20 * i, 4);
    EXPECT_NEAR(frame.bgr.back(), 10 + 20 * i, 4);
  }

  TempFolder folder_;
};

TEST_F(VideoSourceTest, FileIsShownOnceAtItsOwnPace) {
  auto source = Source(WriteVideo("a.avi", 5));
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(source.frame_period(), milliseconds(50));
  for (int i = 0; i < 5; ++i) ExpectImage(&source, i);
  Frame frame;
  const auto end = source.Read(&frame);
  ASSERT_TRUE(end.ok()) << end.message();
  EXPECT_FALSE(*end);
}

TEST_F(VideoSourceTest, FpsReplaceTheFilesOwn) {
  VideoSource source({.location = WriteVideo("a.avi", 2), .fps = 4});
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(source.frame_period(), milliseconds(250));
}

TEST_F(VideoSourceTest, LoopStartsAgain) {
  auto source = Source(WriteVideo("a.avi", 3), true);
  ASSERT_TRUE(source.Open().ok());
  for (int i = 0; i < 8; ++i) ExpectImage(&source, i % 3);
}

TEST_F(VideoSourceTest, OpenAgainStartsAgain) {
  auto source = Source(WriteVideo("a.avi", 3));
  ASSERT_TRUE(source.Open().ok());
  ExpectImage(&source, 0);
  ExpectImage(&source, 1);
  ASSERT_TRUE(source.Open().ok());
  ExpectImage(&source, 0);
}

TEST_F(VideoSourceTest, BufferOfTheCallerIsUsed) {
  auto source = Source(WriteVideo("a.avi", 2));
  ASSERT_TRUE(source.Open().ok());
  Frame frame;
  ASSERT_TRUE(source.Read(&frame).ok());
  const auto* buffer = frame.bgr.data();
  ASSERT_TRUE(source.Read(&frame).ok());
  EXPECT_EQ(frame.bgr.data(), buffer);
}

TEST_F(VideoSourceTest, AbsentFileIsNamed) {
  const auto failure = OpenFailure(folder_ / "none.avi");
  EXPECT_EQ(failure.error, Error::kNotFound);
  EXPECT_THAT(failure.message, HasSubstr("none.avi: no such file"));
}

TEST_F(VideoSourceTest, FileThatIsNoVideoIsToldSo) {
  std::ofstream(folder_ / "a.mp4") << std::string(5000, 'x');
  const auto failure = OpenFailure(folder_ / "a.mp4");
  EXPECT_EQ(failure.error, Error::kUnreadable);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("a.mp4: not a video"), HasSubstr("convert")));
}

TEST_F(VideoSourceTest, EmptyFileAndFolderAreNoVideos) {
  std::ofstream(folder_ / "a.avi").flush();
  EXPECT_EQ(OpenFailure(folder_ / "a.avi").error, Error::kUnreadable);
  EXPECT_EQ(OpenFailure(folder_.path()).error, Error::kUnreadable);
}

TEST_F(VideoSourceTest, VideoWithoutItsEndIsNoVideo) {
  const auto file = WriteVideo("a.mp4", 20, "mp4v");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  EXPECT_THAT(OpenFailure(file).message, HasSubstr("or cut off"));
}

TEST_F(VideoSourceTest, VideoThatIsCutOffEndsEarly) {
  const auto file = WriteVideo("a.avi", 200);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) * 6 / 10);
  auto source = Source(file);
  ASSERT_TRUE(source.Open().ok());
  Frame frame;
  int images = 0;
  for (; images < 201; ++images) {
    const auto read = source.Read(&frame);
    ASSERT_TRUE(read.ok()) << read.message();
    if (!*read) break;
  }
  EXPECT_GT(images, 0);
  EXPECT_LT(images, 200);
}

TEST_F(VideoSourceTest, VideoWithoutImagesIsAFailure) {
  const auto file = WriteVideo("a.avi", 0);
  auto source = Source(file, true);
  const auto opened = source.Open();
  Frame frame;
  const auto read =
      opened ? source.Read(&frame) : Result<bool>(opened.failure());
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), Error::kUnreadable);
  EXPECT_THAT(read.message(), HasSubstr("cut off"));
}

TEST_F(VideoSourceTest, CameraThatIsAbsentIsNamed) {
  VideoSource source({.kind = VideoOptions::Kind::kCamera,
                      .location = "/dev/video-of-nobody"});
  const auto opened = source.Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error(), Error::kNotFound);
  EXPECT_THAT(opened.message(), HasSubstr("/dev/video-of-nobody: no such"));
}

TEST_F(VideoSourceTest, UrlNobodyAnswersNamesItWithoutItsPassword) {
  VideoSource source({.kind = VideoOptions::Kind::kUrl,
                      .location = "rtsp://me:secret@127.0.0.1:1/live",
                      .open_timeout = milliseconds(1000)});
  const auto opened = source.Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.message(), AllOf(HasSubstr("rtsp://***@127.0.0.1:1/live"),
                                      HasSubstr("1000 ms")));
  EXPECT_THAT(source.name(), ::testing::Not(HasSubstr("secret")));
}

TEST(MaskCredentialsTest, PlainUrlIsLeftAlone) {
  EXPECT_EQ(MaskCredentials("rtsp://10.0.0.7:554/live"),
            "rtsp://10.0.0.7:554/live");
}

TEST(MaskCredentialsTest, NoPartOfALoginIsLeft) {
  EXPECT_EQ(MaskCredentials("rtsp://me:pw@cam/live"), "rtsp://***@cam/live");
  EXPECT_EQ(MaskCredentials("rtsp://me@cam/live"), "rtsp://***@cam/live");
  EXPECT_EQ(MaskCredentials("rtsp://me:p@w@cam/live"), "rtsp://***@cam/live");
  EXPECT_EQ(MaskCredentials("rtsp://me:p/w@cam/live"), "rtsp://***@cam/live");
  EXPECT_EQ(MaskCredentials("rtsp://me:p?w@cam/live"), "rtsp://***");
  EXPECT_EQ(MaskCredentials("me:pw@cam"), "***@cam");
}

TEST(MaskCredentialsTest, QueryIsMasked) {
  EXPECT_EQ(MaskCredentials("http://cam/video?user=me&pwd=pw"),
            "http://cam/video?***");
  EXPECT_EQ(MaskCredentials("http://a:b@cam/video?pwd=pw"),
            "http://***@cam/video?***");
  EXPECT_EQ(MaskCredentials("http://cam/video?user=me@home&pwd=pw"),
            "http://***");
}

TEST_F(VideoSourceTest, PipeIsNotWaitedFor) {
  const auto pipe = folder_ / "pipe.mp4";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto opened = VideoSource({.location = pipe}).Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.message(), HasSubstr("pipe.mp4: not a file"));
}

}  // namespace
}  // namespace ddnn

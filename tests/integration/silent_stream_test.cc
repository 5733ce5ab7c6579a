// A peer that takes connections and then says nothing, or no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/vision/video_source.h"
#include "tests/support/tcp_listener.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;

std::string UrlOf(const TcpListener& listener, const std::string& scheme) {
  return scheme + "://me:secret@127.0.0.1:" + std::to_string(listener.port()) +
         "/live";
}

VideoOptions Patient(const std::string& url) {
  return {.kind = VideoOptions::Kind::kUrl,
          .location = url,
          .open_timeout = milliseconds(3000),
          .read_timeout = milliseconds(700)};
}

class SilentStreamTest : public ::testing::TestWithParam<const char*> {};

TEST_P(SilentStreamTest, OpeningEndsAfterItsTime) {
  const TcpListener listener;
  VideoOptions options = Patient(UrlOf(listener, GetParam()));
  options.open_timeout = milliseconds(700);
  VideoSource source(options);
  const auto begin = steady_clock::now();
  const auto opened = source.Open();
  const auto took = steady_clock::now() - begin;
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.message(), HasSubstr("no answer within 700 ms"));
  EXPECT_THAT(opened.message(), Not(HasSubstr("secret")));
  EXPECT_GE(took, milliseconds(500));
  EXPECT_LT(took, milliseconds(5000));
}

INSTANTIATE_TEST_SUITE_P(, SilentStreamTest, ::testing::Values("rtsp", "http"),
                         [](const auto& scheme) { return scheme.param; });

/// A camera that sends `images` as MJPEG over HTTP, and then freezes.
void ServeAndFreeze(int connection, int images) {
  std::string text =
      "HTTP/1.0 200 OK\r\n"
      "Content-Type: multipart/x-mixed-replace;boundary=next\r\n\r\n";
  for (int i = 0; i < images; ++i) {
    std::vector<std::uint8_t> jpeg;
    cv::imencode(".jpg", cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(i)), jpeg);
    text += "--next\r\nContent-Type: image/jpeg\r\nContent-Length: " +
            std::to_string(jpeg.size()) + "\r\n\r\n";
    text.append(jpeg.begin(), jpeg.end());
    text += "\r\n";
  }
  (void)!::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

TEST(FrozenStreamTest, ReadingEndsAfterItsTime) {
  const TcpListener listener;
  int connection = -1;
  std::thread camera([&] {
    connection = listener.Accept();
    ServeAndFreeze(connection, 60);
  });
  VideoSource source(Patient(UrlOf(listener, "http")));
  const auto opened = source.Open();
  camera.join();
  ASSERT_TRUE(opened.ok()) << opened.message();
  EXPECT_EQ(source.frame_period().count(), 0);
  Frame frame;
  int images = 0;
  auto begin = steady_clock::now();
  auto read = source.Read(&frame);
  for (; read.ok() && images < 60; ++images) {
    EXPECT_TRUE(*read);
    begin = steady_clock::now();
    read = source.Read(&frame);
  }
  const auto took = steady_clock::now() - begin;
  ::close(connection);
  EXPECT_GT(images, 0);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.message(), HasSubstr("delivers no images any more"));
  EXPECT_LT(took, milliseconds(5000));
}

}  // namespace
}  // namespace ddnn

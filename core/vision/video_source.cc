#include "core/vision/video_source.h"

extern "C" {
#include <libavutil/mem.h>
}
#include <spdlog/spdlog.h>

#include <cmath>
#include <cstdlib>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>
#include <utility>
#include <vector>

#include "core/vision/camera_device.h"

namespace ddnn {
namespace {

constexpr double kUsualFps = 25;
constexpr double kMaxFps = 1000;
// What FFmpeg may allocate at once: an image of the largest size fits. A peer
// that announces a picture of gigabytes, and sends it, gets no further.
constexpr std::size_t kMaxLibraryBlock = std::size_t{128} << 20;

/// The libraries read these once, before their first use; what an operator has
/// set is left alone.
void ConfigureLibraries(milliseconds read_timeout) {
  static std::once_flag once;
  std::call_once(once, [read_timeout] {
    const std::string seconds =
        std::to_string((read_timeout.count() + 999) / 1000);
    // NOLINTBEGIN(concurrency-mt-unsafe): the first source is opened before
    // any other thread starts
    ::setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp", 0);
    ::setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET
    ::setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", seconds.c_str(), 0);
    // NOLINTEND(concurrency-mt-unsafe)
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::setNumThreads(1);
    av_max_alloc(kMaxLibraryBlock);
  });
}

std::string NameOf(const VideoOptions& options) {
  return options.kind == VideoOptions::Kind::kUrl
             ? MaskCredentials(options.location)
             : options.location;
}

std::vector<int> OpenParameters(const VideoOptions& options) {
  if (options.kind != VideoOptions::Kind::kCamera) {
    return {cv::CAP_PROP_OPEN_TIMEOUT_MSEC,
            static_cast<int>(options.open_timeout.count()),
            cv::CAP_PROP_READ_TIMEOUT_MSEC,
            static_cast<int>(options.read_timeout.count())};
  }
  std::vector<int> parameters;
  const auto ask = [&parameters](int property, double value) {
    if (value <= 0) return;
    parameters.insert(parameters.end(),
                      {property, static_cast<int>(std::lround(value))});
  };
  ask(cv::CAP_PROP_FRAME_WIDTH, options.width);
  ask(cv::CAP_PROP_FRAME_HEIGHT, options.height);
  ask(cv::CAP_PROP_FPS, options.fps);
  return parameters;
}

/// What a cv::VideoCapture tells of itself may be any number.
int ToSide(double value) {
  return value > 0 && value < 1e6 ? static_cast<int>(value) : 0;
}

Status CheckSize(const std::string& name, int width, int height) {
  if (width <= kMaxFrameSide && height <= kMaxFrameSide) return Done{};
  return Failure{Error::kOversized,
                 fmt::format("{}: {}x{} pixels; at most {} on each side", name,
                             width, height, kMaxFrameSide)};
}

}  // namespace

struct VideoSource::Capture {
  cv::VideoCapture video;
};

VideoSource::VideoSource(VideoOptions options)
    : options_(std::move(options)),
      name_(NameOf(options_)),
      capture_(std::make_unique<Capture>()) {}

VideoSource::~VideoSource() = default;

void VideoSource::Close() { capture_->video.release(); }

Status VideoSource::Open() {
  ConfigureLibraries(options_.read_timeout);
  const bool is_camera = options_.kind == VideoOptions::Kind::kCamera;
  if (is_camera) {
    if (auto usable = CheckCameraDevice(options_.location); !usable) {
      return usable;
    }
  }
  if (options_.kind == VideoOptions::Kind::kFile) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(options_.location, ignored)) {
      return WhyNotOpen();  // a pipe would be waited for without end
    }
  }
  try {
    capture_->video.open(options_.location,
                         is_camera ? cv::CAP_V4L2 : cv::CAP_FFMPEG,
                         OpenParameters(options_));
  } catch (const std::exception&) {
    capture_->video.release();
  }
  if (!capture_->video.isOpened()) return WhyNotOpen();
  return Start();
}

Failure VideoSource::WhyNotOpen() const {
  switch (options_.kind) {
    case VideoOptions::Kind::kCamera:
      return {Error::kRefused,
              fmt::format("{}: the camera does not start; in use by another "
                          "process? See: fuser -v {}",
                          name_, name_)};
    case VideoOptions::Kind::kUrl:
      return {Error::kUnreadable,
              fmt::format("{}: no answer within {} ms, or no video; check the "
                          "address, name and password, and that the camera is "
                          "on",
                          name_, options_.open_timeout.count())};
    case VideoOptions::Kind::kFile:
      break;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(options_.location, ignored)) {
    return {Error::kNotFound, name_ + ": no such file"};
  }
  if (!std::filesystem::is_regular_file(options_.location, ignored)) {
    return {Error::kUnreadable, name_ + ": not a file"};
  }
  return {Error::kUnreadable,
          name_ +
              ": not a video that can be decoded, or cut off; play it "
              "with another program, or convert it to MP4"};
}

Status VideoSource::Start() {
  frames_read_ = 0;
  width_ = ToSide(capture_->video.get(cv::CAP_PROP_FRAME_WIDTH));
  height_ = ToSide(capture_->video.get(cv::CAP_PROP_FRAME_HEIGHT));
  period_ = std::chrono::nanoseconds(0);
  announced_frames_ = 0;
  if (auto fits = CheckSize(name_, width_, height_); !fits) {
    Close();
    return fits;
  }
  if (options_.kind == VideoOptions::Kind::kCamera) return Done{};
  announced_frames_ = capture_->video.get(cv::CAP_PROP_FRAME_COUNT);
  if (options_.kind == VideoOptions::Kind::kUrl && !(announced_frames_ > 0)) {
    return Done{};
  }
  double fps = options_.fps;
  if (!(fps > 0)) fps = capture_->video.get(cv::CAP_PROP_FPS);
  if (!(fps > 0 && fps <= kMaxFps)) fps = kUsualFps;
  period_ = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / fps));
  return Done{};
}

Result<bool> VideoSource::Read(Frame* frame) {
  frame->bgr.resize(std::size_t{3} * static_cast<std::size_t>(width_) *
                    static_cast<std::size_t>(height_));
  // Decoded in place, as long as the size is the announced one.
  cv::Mat image(height_, width_, CV_8UC3, frame->bgr.data());
  try {
    if (!capture_->video.read(image) || image.empty()) return AtEnd(frame);
  } catch (const std::exception& e) {
    return Failure{Error::kUnreadable, name_ + ": " + e.what()};
  }
  if (const auto fits = CheckSize(name_, image.cols, image.rows); !fits) {
    return fits.failure();
  }
  if (image.type() != CV_8UC3) {
    return Failure{Error::kUnreadable, name_ + ": no colour images"};
  }
  if (image.data != frame->bgr.data()) {
    frame->bgr.assign(image.data, image.data + image.total() * 3);
  }
  width_ = frame->width = image.cols;
  height_ = frame->height = image.rows;
  ++frames_read_;
  return true;
}

Result<bool> VideoSource::AtEnd(Frame* frame) {
  if (options_.kind != VideoOptions::Kind::kFile) {
    return Failure{Error::kUnreadable, name_ + ": delivers no images any more"};
  }
  if (frames_read_ == 0) {
    return Failure{Error::kUnreadable,
                   name_ +
                       ": holds no image that can be decoded; the file is "
                       "empty or cut off"};
  }
  WarnIfShort();
  if (!options_.loop) return false;
  if (const auto again = Open(); !again) return again.failure();
  return Read(frame);
}

void VideoSource::WarnIfShort() {
  // A container's own count may be a rounded guess.
  const bool is_short =
      static_cast<double>(frames_read_) * 1.1 + 2 < announced_frames_;
  if (!is_short || warned_) return;
  warned_ = true;
  spdlog::warn(
      "video_short file={} images={} announced={:.0f} remedy=\"the file is cut "
      "off or damaged: copy it again\"",
      name_, frames_read_, announced_frames_);
}

std::string MaskCredentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t query = url.find('?');
  // A password may hold an @, a slash or a question mark that its owner forgot
  // to escape: the last @ ends it.
  const std::size_t at = url.rfind('@');
  const bool has_login = at != std::string_view::npos && at >= begin;
  std::string masked(url.substr(0, begin));
  if (has_login) masked += "***";
  if (has_login && query < at) return masked;
  masked +=
      url.substr(has_login ? at : begin, query - (has_login ? at : begin));
  if (query != std::string_view::npos) masked += "?***";
  return masked;
}

}  // namespace ddnn

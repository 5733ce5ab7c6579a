#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/vision/frame_source.h"

namespace ddnn {

struct VideoOptions {
  enum class Kind {
    kCamera,  ///< V4L2: "/dev/video0"
    kFile,
    kUrl,  ///< rtsp (over TCP), rtsps, http, https
  };
  Kind kind = Kind::kFile;
  std::string location;
  bool loop = false;  ///< kFile: from the start again at its end
  /// Asked of a camera, which may give something else; 0 = its own choice.
  int width = 0;
  int height = 0;
  /// kCamera: asked of it; kFile: instead of the file's own; 0 = its own.
  double fps = 0;
  /// How long a stream may be silent.
  milliseconds open_timeout{5000};
  milliseconds read_timeout{5000};
};

/// A camera, a video file or a stream, decoded by FFmpeg.
///
/// A file keeps its own pace through frame_period(), and so does a stream of
/// known length; a camera and a live stream set the pace themselves. FFmpeg and
/// OpenCV print nothing: what they have to say is in the failures.
class VideoSource final : public FrameSource {
 public:
  explicit VideoSource(VideoOptions options);
  ~VideoSource() override;

  Status Open() override;
  Result<bool> Read(Frame* frame) override;
  void Close() override;
  std::chrono::nanoseconds frame_period() const override { return period_; }
  const std::string& name() const override { return name_; }

 private:
  struct Capture;

  Failure WhyNotOpen() const;
  Status Start();
  Result<bool> AtEnd(Frame* frame);
  void WarnIfShort();

  const VideoOptions options_;
  const std::string name_;
  const std::unique_ptr<Capture> capture_;
  std::chrono::nanoseconds period_{0};
  int width_ = 0;  // of the next image, as announced
  int height_ = 0;
  double announced_frames_ = 0;    // <= 0: not known
  std::uint64_t frames_read_ = 0;  // since Open()
  bool warned_ = false;
};

/// The URL for logs: name and password and the query, which may hold a
/// password too, are masked.
std::string MaskCredentials(std::string_view url);

}  // namespace ddnn

#include "core/vision/open_live_source.h"

#include <random>
#include <utility>

#include "core/vision/folder_source.h"
#include "core/vision/live_source.h"
#include "core/vision/video_source.h"

namespace ddnn {
namespace {

constexpr double kFolderFps = 10;

std::string LocationOf(const SourceConfig& config) {
  if (config.kind == "url") return config.url;
  if (config.kind == "video") return config.path.string();
  const bool is_path = config.device.starts_with('/');
  return is_path ? config.device : "/dev/video" + config.device;
}

VideoOptions::Kind VideoKindOf(const SourceConfig& config) {
  if (config.kind == "camera") return VideoOptions::Kind::kCamera;
  return config.kind == "url" ? VideoOptions::Kind::kUrl
                              : VideoOptions::Kind::kFile;
}

}  // namespace

std::unique_ptr<FrameSource> MakeFrameSource(const SourceConfig& config) {
  if (config.kind == "folder") {
    return std::make_unique<FolderSource>(
        config.path, config.fps > 0 ? config.fps : kFolderFps, config.loop);
  }
  return std::make_unique<VideoSource>(
      VideoOptions{.kind = VideoKindOf(config),
                   .location = LocationOf(config),
                   .loop = config.loop,
                   .width = config.width,
                   .height = config.height,
                   .fps = config.fps,
                   .open_timeout = milliseconds(config.open_timeout_ms),
                   .read_timeout = milliseconds(config.read_timeout_ms)});
}

std::unique_ptr<ViewExtractor> MakeViewExtractor(const ViewConfig& views,
                                                 int devices) {
  if (views.kind == "region") return MakeRegionExtractor(views.region);
  return MakeMotionExtractor(
      {.region = views.region,
       .min_area = views.min_area,
       .max_objects = devices > 1 ? 1 : views.max_objects});
}

Result<std::unique_ptr<ViewSource>> OpenLiveSource(const SourceConfig& config,
                                                   int devices,
                                                   const Clock& clock) {
  const bool is_on_disk = config.kind == "video" || config.kind == "folder";
  auto source = LiveSource::Open(
      MakeFrameSource(config), MakeViewExtractor(config.views, devices),
      {.must_open = is_on_disk, .seed = std::random_device{}()}, clock);
  if (!source) {
    return Failure{source.error(), "source.path: " + source.message()};
  }
  return std::unique_ptr<ViewSource>(std::move(*source));
}

}  // namespace ddnn

#include "core/vision/source_config.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/vision/dataset.h"
#include "core/vision/video_source.h"

namespace ddnn {
namespace {

constexpr double kMinFps = 0.001;

void AddLiveKeys(ConfigTable* table, SourceConfig* config) {
  table->Text("source.device", &config->device,
              "camera: its number, such as 0, or path, such as /dev/video0");
  table->Text("source.url", &config->url,
              "url: rtsp://, rtsps://, http:// or https://");
  table->Bool("source.loop", &config->loop,
              "video, folder: from the start again at the end");
  table->Integer("source.width", &config->width, 0, kMaxFrameSide,
                 "asked of a camera; 0 = its own choice");
  table->Integer("source.height", &config->height, 0, kMaxFrameSide,
                 "asked of a camera; 0 = its own choice");
  table->Number("source.fps", &config->fps, 0, 240,
                "images a second: asked of a camera, or the pace of a video or "
                "folder; 0 = its own (folder: 10)");
  table->Integer("source.open_timeout_ms", &config->open_timeout_ms, 100,
                 60'000, "url: without an answer for so long, it is down");
  table->Integer("source.read_timeout_ms", &config->read_timeout_ms, 100,
                 60'000, "camera, url: silent for so long, it is opened again");
}

void AddViewKeys(ConfigTable* table, ViewConfig* views) {
  table->Choice("views.kind", &views->kind, {"region", "motion"},
                "live sources: what of an image is shown");
  table->Integer("views.region.x", &views->region.x, 0, kMaxFrameSide,
                 "left side of the region, in pixels");
  table->Integer("views.region.y", &views->region.y, 0, kMaxFrameSide,
                 "top of the region, in pixels");
  table->Integer("views.region.width", &views->region.width, 0, kMaxFrameSide,
                 "0 = up to the image's right side");
  table->Integer("views.region.height", &views->region.height, 0, kMaxFrameSide,
                 "0 = down to the image's bottom");
  table->Number("views.min_area", &views->min_area, 0.0001, 1,
                "motion: smallest thing, as a share of the region");
  table->Integer("views.max_objects", &views->max_objects, 1, 64,
                 "motion: the largest so many; one where a group has several "
                 "devices");
}

void RequireKey(const SourceConfig& config, const char* key, bool is_there) {
  if (is_there) return;
  throw ConfigError(std::string(key) +
                    ": missing; source.kind = " + config.kind + " needs it");
}

void CheckCamera(const SourceConfig& config) {
  const std::string& device = config.device;
  RequireKey(config, "source.device", !device.empty());
  const bool is_number =
      device.size() <= 3 &&
      device.find_first_not_of("0123456789") == std::string::npos;
  if (is_number || device.starts_with('/')) return;
  throw ConfigError("source.device = " + device +
                    ": must be a number, such as 0, or a path, such as "
                    "/dev/video0");
}

void CheckUrl(const SourceConfig& config) {
  RequireKey(config, "source.url", !config.url.empty());
  constexpr std::array<std::string_view, 4> kSchemes{"rtsp://", "rtsps://",
                                                     "http://", "https://"};
  const bool is_known = std::ranges::any_of(kSchemes, [&](auto scheme) {
    return config.url.starts_with(scheme) && config.url.size() > scheme.size();
  });
  if (is_known) return;
  throw ConfigError("source.url = " + MaskCredentials(config.url) +
                    ": must start with rtsp://, rtsps://, http:// or https://, "
                    "and name a host");
}

}  // namespace

void AddSourceKeys(ConfigTable* table, SourceConfig* config) {
  table->Choice("source.kind", &config->kind,
                {"dataset", "street", "camera", "video", "folder", "url"},
                "where the views come from");
  table->Path("source.path", &config->path,
              "dataset, folder: the folder; video: the file");
  table->Text("source.split", &config->split,
              "dataset: rows to replay, COLUMN:VALUE; empty = every row");
  table->Integer("source.samples", &config->samples, 0, 100'000'000,
                 "dataset, street: the first so many samples, from the start "
                 "again when there are fewer; 0 = every sample once; a street "
                 "has no end");
  table->Bool("source.preload", &config->preload,
              "dataset, street: cut every view at the start, and keep it");
  table->Integer("source.seed", &config->seed, 0, kMaxStreetSeed,
                 "street: the traffic; the same for the whole group");
  table->Integer("source.ticks", &config->ticks, 0, 1'000'000,
                 "street: begin again after so many ticks; 0 = it has no end");
  AddLiveKeys(table, config);
  AddViewKeys(table, &config->views);
  table->Integer("window", &config->window, 1, 256,
                 "unpaced: ticks ahead of the edge's watermark at most");
}

bool IsLiveKind(const SourceConfig& config) {
  return config.kind == "camera" || config.kind == "video" ||
         config.kind == "folder" || config.kind == "url";
}

int WindowOf(const SourceConfig& config) {
  return IsLiveKind(config) ? 1 : config.window;
}

void CheckSourceConfig(const SourceConfig& config) {
  if (config.fps > 0 && config.fps < kMinFps) {
    throw ConfigError(fmt::format(
        "source.fps = {}: must be 0, or from {} to 240", config.fps, kMinFps));
  }
  if (config.kind == "street") {
    if (config.preload && config.samples == 0 && config.ticks == 0) {
      throw ConfigError(
          "source.preload = true: a street has no end; set source.samples too");
    }
    return;
  }
  if (config.kind == "camera") return CheckCamera(config);
  if (config.kind == "url") return CheckUrl(config);
  RequireKey(config, "source.path", !config.path.empty());
  if (!config.split.empty()) {
    const auto split = ParseSplit(config.split);
    if (!split) throw ConfigError("source.split: " + split.message());
  }
}

}  // namespace ddnn

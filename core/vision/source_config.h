#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"
#include "core/vision/view_extractor.h"

namespace ddnn {

/// Largest seed of a street.
inline constexpr int kMaxStreetSeed = 1'000'000'000;

/// What of a live image is shown: the keys `views.*`.
struct ViewConfig {
  std::string kind = "region";
  Region region;
  double min_area = 0.002;
  int max_objects = 4;
};

/// Where a device's views come from: the keys `source.*`.
struct SourceConfig {
  std::string kind = "dataset";
  int seed = 2;   ///< street; the shipped networks learnt from 1
  int ticks = 0;  ///< street: begins again after so many; 0 = has no end
  std::filesystem::path path;  ///< dataset, video, folder
  std::string split;           ///< dataset: "COLUMN:VALUE"; empty = every row
  int samples = 0;             ///< 0 = the whole recording once
  bool preload = false;
  std::string device;  ///< camera: "0" or "/dev/video0"
  std::string url;     ///< may hold a password: print MaskCredentials() of it
  bool loop = false;   ///< video, folder
  int width = 0;       ///< asked of a camera; 0 = its own choice
  int height = 0;
  double fps = 0;  ///< camera, video, folder; 0 = its own
  int open_timeout_ms = 5000;
  int read_timeout_ms = 5000;
  ViewConfig views;
  int window = 16;  ///< replays: see ReplayPacer
};

/// The kinds that show whole images: camera, video, folder, url.
bool IsLiveKind(const SourceConfig& config);

/// Ticks that a device may have on their way. A live source has one: it shows
/// its newest image, which must not wait behind others.
int WindowOf(const SourceConfig& config);

/// Declares `source.*`, `views.*` and `window`; `config` is borrowed by the
/// table.
void AddSourceKeys(ConfigTable* table, SourceConfig* config);

/// What no single key can tell.
/// \throws ConfigError  naming the key.
void CheckSourceConfig(const SourceConfig& config);

}  // namespace ddnn

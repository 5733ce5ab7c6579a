#include "core/vision/open_source.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "core/vision/dataset_recording.h"
#include "core/vision/open_live_source.h"
#include "core/vision/replay_source.h"

namespace ddnn {
namespace {

Result<DataSet> ReadRows(const SourceConfig& config) {
  if (config.split.empty()) return ReadDataSet(config.path);
  return ReadDataSet(config.path, ParseSplit(config.split).value());
}

int FindCamera(const SourceConfig& config, const SourceUse& use,
               const DataSet& data) {
  if (data.classes != use.classes) {
    throw ConfigError(fmt::format(
        "source.path: {} has the classes {}, but the bundle has {}; use a "
        "bundle trained on this data set",
        config.path.string(), fmt::join(data.classes, ", "),
        fmt::join(use.classes, ", ")));
  }
  const int index = data.CameraIndex(use.camera);
  if (index < 0) {
    throw ConfigError(fmt::format(
        "source.path: the bundle gives this device camera '{}', but {} has {}",
        use.camera, config.path.string(), fmt::join(data.cameras, ", ")));
  }
  return index;
}

Result<std::unique_ptr<Recording>> OpenDataSet(const SourceConfig& config,
                                               const SourceUse& use) {
  auto data = ReadRows(config);
  if (!data) return data.failure();
  const int camera = FindCamera(config, use, *data);
  return DataSetRecording::Open(std::move(*data), camera);
}

}  // namespace

Result<std::unique_ptr<ViewSource>> OpenSource(const SourceConfig& config,
                                               const SourceUse& use,
                                               const Clock& clock) {
  CheckSourceConfig(config);
  if (IsLiveKind(config)) return OpenLiveSource(config, use.devices, clock);
  auto recording = OpenDataSet(config, use);
  if (!recording) return recording.failure();
  auto source = ReplaySource::Open(std::move(*recording),
                                   {.samples = config.samples,
                                    .preload = config.preload,
                                    .window = config.window},
                                   clock);
  if (!source) return source.failure();
  return std::unique_ptr<ViewSource>(std::move(*source));
}

}  // namespace ddnn

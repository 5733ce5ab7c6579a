#include "core/vision/open_source.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "core/vision/dataset_recording.h"
#include "core/vision/open_live_source.h"
#include "core/vision/replay_source.h"
#include "core/vision/street/recording.h"
#include "core/vision/street/survey.h"

namespace ddnn {
namespace {

/// \param where  what the operator named, for messages.
int FindCamera(const std::string& where, const SourceUse& use,
               const DataSet& data) {
  if (data.classes != use.classes) {
    throw ConfigError(fmt::format(
        "{} has the classes {}, but the bundle has {}; use a bundle trained on "
        "it",
        where, fmt::join(data.classes, ", "), fmt::join(use.classes, ", ")));
  }
  const int index = data.CameraIndex(use.camera);
  if (index < 0) {
    throw ConfigError(
        fmt::format("{} has the cameras {}, but the bundle gives this device "
                    "camera '{}'; use a bundle trained on it",
                    where, fmt::join(data.cameras, ", "), use.camera));
  }
  return index;
}

Result<std::unique_ptr<Recording>> OpenRecording(const SourceConfig& config,
                                                 const SourceUse& use) {
  if (config.kind == "street") {
    const int camera =
        FindCamera("source.kind: the street", use, EmptyStreet());
    return std::unique_ptr<Recording>(std::make_unique<StreetRecording>(
        static_cast<std::uint64_t>(config.seed), camera,
        config.ticks > 0 ? static_cast<std::size_t>(config.ticks)
                         : StreetRecording::kEndless));
  }
  auto data = ReadRows(config.path, config.split);
  if (!data) return data.failure();
  const int camera =
      FindCamera("source.path: " + config.path.string(), use, *data);
  return DataSetRecording::Open(std::move(*data), camera);
}

}  // namespace

Result<std::unique_ptr<ViewSource>> OpenSource(const SourceConfig& config,
                                               const SourceUse& use,
                                               const Clock& clock) {
  CheckSourceConfig(config);
  if (IsLiveKind(config)) return OpenLiveSource(config, use.devices, clock);
  auto recording = OpenRecording(config, use);
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

#include "device_agent/inputs.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "core/vision/dataset.h"
#include "core/vision/replay_source.h"
#include "core/wire/wire.h"

namespace ddnn {
namespace {

static_assert(kMaxSamplesPerFrame <= static_cast<int>(kMaxObjectsPerTick),
              "a tick's views must fit into one score message");

Bundle LoadBundle(const DeviceConfig& config) {
  auto bundle = ReadBundle(config.bundle);
  if (!bundle) throw ConfigError("bundle: " + bundle.message());
  if (config.device >= bundle->device_count()) {
    throw ConfigError(fmt::format(
        "device = {}: bundle {} has {} devices, so it must be from 0 to {}",
        config.device, config.bundle.string(), bundle->device_count(),
        bundle->device_count() - 1));
  }
  return std::move(*bundle);
}

Result<DataSet> LoadDataSet(const DeviceConfig& config) {
  if (config.dataset_split.empty()) return ReadDataSet(config.dataset_path);
  const auto split = ParseSplit(config.dataset_split);
  if (!split) throw ConfigError("dataset.split: " + split.message());
  return ReadDataSet(config.dataset_path, *split);
}

/// The data set's camera for this device.
int FindCamera(const DeviceConfig& config, const Bundle& bundle,
               const DataSet& data) {
  if (data.classes != bundle.classes) {
    throw ConfigError(fmt::format(
        "dataset.path: {} has the classes {}, but bundle {} has {}; use a "
        "bundle trained on this data set",
        config.dataset_path.string(), fmt::join(data.classes, ", "),
        config.bundle.string(), fmt::join(bundle.classes, ", ")));
  }
  const auto& camera =
      bundle.nodes[static_cast<std::size_t>(config.device)].camera;
  const int index = data.CameraIndex(camera);
  if (index < 0) {
    throw ConfigError(fmt::format(
        "device = {}: bundle {} gives it camera '{}', but {} has {}",
        config.device, config.bundle.string(), camera,
        config.dataset_path.string(), fmt::join(data.cameras, ", ")));
  }
  return index;
}

}  // namespace

Result<DeviceInputs> LoadInputs(const DeviceConfig& config,
                                const Clock& clock) {
  CheckDeviceConfig(config);
  Bundle bundle = LoadBundle(config);
  auto data = LoadDataSet(config);
  if (!data) return data.failure();
  const ReplayOptions options{.camera = FindCamera(config, bundle, *data),
                              .samples = config.dataset_samples,
                              .preload = config.dataset_preload,
                              .window = config.window};
  auto source = ReplaySource::Open(std::move(*data), options, clock);
  if (!source) return source.failure();
  return DeviceInputs{std::make_unique<const Network>(std::move(bundle)),
                      std::move(*source)};
}

}  // namespace ddnn

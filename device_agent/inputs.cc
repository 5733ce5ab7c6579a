#include "device_agent/inputs.h"

#include <utility>

#include "core/vision/dataset.h"
#include "core/vision/open_source.h"
#include "core/wire/wire.h"

namespace ddnn {
namespace {

static_assert(kMaxSamplesPerFrame <= static_cast<int>(kMaxObjectsPerTick),
              "a tick's views must fit into one score message");

Bundle LoadBundle(const DeviceConfig& config) {
  auto bundle = ReadBundle(config.bundle);
  if (!bundle) throw ConfigError("bundle: " + bundle.message());
  const auto place = CheckPlace(*bundle, Tier::kDevice, config.device);
  if (!place) {
    throw ConfigError("bundle: " + config.bundle.string() + ": " +
                      place.message());
  }
  return std::move(*bundle);
}

}  // namespace

Result<DeviceInputs> LoadInputs(const DeviceConfig& config,
                                const Clock& clock) {
  Bundle bundle = LoadBundle(config);
  const SourceUse use{
      .camera = bundle.nodes[static_cast<std::size_t>(config.device)].camera,
      .classes = bundle.classes,
      .devices = bundle.device_count()};
  auto source = OpenSource(config.source, use, clock);
  if (!source) return source.failure();
  return DeviceInputs{std::make_unique<const Network>(std::move(bundle)),
                      std::move(*source)};
}

}  // namespace ddnn

#include "device_agent/inputs.h"

#include <utility>

#include "core/vision/dataset.h"
#include "core/vision/open_source.h"
#include "core/wire/wire.h"

namespace ddnn {
namespace {

static_assert(kMaxSamplesPerFrame <= static_cast<int>(kMaxObjectsPerTick),
              "a tick's views must fit into one score message");

}  // namespace

Result<DeviceInputs> LoadInputs(const DeviceConfig& config,
                                const Clock& clock) {
  Placement placement = LoadPlacement(config.part, Tier::kDevice);
  const int device = placement.place.device;
  Bundle& bundle = placement.bundle;
  const SourceUse use{
      .camera = bundle.nodes[static_cast<std::size_t>(device)].camera,
      .classes = bundle.classes,
      .devices = bundle.device_count()};
  auto source = OpenSource(config.source, use, clock);
  if (!source) return source.failure();
  return DeviceInputs{device,
                      {placement.tree.offload(), placement.tree.jpeg_quality()},
                      std::make_unique<const Network>(std::move(bundle)),
                      std::move(*source)};
}

}  // namespace ddnn

#include "core/fusion/associator.h"

#include <cstddef>
#include <map>
#include <utility>

namespace ddnn {

std::vector<AssociatedSample> Associate(std::vector<DeviceViews> devices,
                                        int device_count) {
  const auto count = static_cast<std::size_t>(device_count);
  std::map<ObjectNumber, AssociatedSample> by_object;
  for (DeviceViews& device : devices) {
    const auto index = static_cast<std::size_t>(device.device);
    for (TickScores::ViewScores& view : device.views) {
      AssociatedSample& sample = by_object[view.object];
      sample.sums.resize(count);
      sample.pixels.resize(count);
      Sums& sums = sample.sums[index];
      EncodedView& pixels = sample.pixels[index];
      if (!sums.empty() || !pixels.empty()) continue;
      sums = std::move(view.sums);
      pixels = std::move(view.pixels);
    }
  }
  std::vector<AssociatedSample> samples;
  samples.reserve(by_object.size());
  for (auto& [object, sample] : by_object) {
    sample.object = object;
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace ddnn

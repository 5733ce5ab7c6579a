#include "core/fusion/associator.h"

#include <cstddef>
#include <map>
#include <utility>

namespace ddnn {

std::vector<AssociatedSample> Associate(std::vector<DeviceViews> devices,
                                        int device_count) {
  std::map<ObjectNumber, std::vector<Sums>> by_object;
  for (DeviceViews& device : devices) {
    for (TickScores::ViewScores& view : device.views) {
      std::vector<Sums>& sums = by_object[view.object];
      sums.resize(static_cast<std::size_t>(device_count));
      Sums& own = sums[static_cast<std::size_t>(device.device)];
      if (own.empty()) own = std::move(view.sums);
    }
  }
  std::vector<AssociatedSample> samples;
  samples.reserve(by_object.size());
  for (auto& [object, sums] : by_object) {
    samples.push_back({object, std::move(sums)});
  }
  return samples;
}

}  // namespace ddnn

#pragma once

#include <bitset>
#include <vector>

#include "core/nn/bundle.h"

namespace ddnn {

/// Some devices of a group, by index.
using DeviceSet = std::bitset<kMaxDevices>;

/// Devices 0 .. count-1.
inline DeviceSet FirstDevices(int count) {
  DeviceSet set;
  for (int i = 0; i < count; ++i) set.set(static_cast<std::size_t>(i));
  return set;
}

/// The indices, ascending.
inline std::vector<int> Indices(const DeviceSet& set) {
  std::vector<int> indices;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.test(i)) indices.push_back(static_cast<int>(i));
  }
  return indices;
}

}  // namespace ddnn

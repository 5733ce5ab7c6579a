#pragma once

#include <vector>

#include "core/nn/sample.h"

namespace ddnn {

/// What one device saw at a tick.
struct DeviceViews {
  int device = 0;
  std::vector<TickScores::ViewScores> views;
};

/// One thing at a tick, as several devices saw it.
struct AssociatedSample {
  ObjectNumber object = 0;          ///< the sample's number within the tick
  std::vector<Sums> sums;           ///< by device index; empty = absent
  std::vector<EncodedView> pixels;  ///< the same, where devices offload
};

/// Decides which views of a tick show the same thing.
///
/// This rule: equal object numbers belong together. If a device names an object
/// twice, its first view counts.
///
/// \param devices       who spoke, in any order, each once; device index
///     < device_count.
/// \param device_count  length of each sample's `sums` and `pixels`.
/// \return the samples in ascending order of their numbers, whatever the order
///     of `devices`.
std::vector<AssociatedSample> Associate(std::vector<DeviceViews> devices,
                                        int device_count);

}  // namespace ddnn

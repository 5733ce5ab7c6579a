#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/vision/recording.h"
#include "core/vision/street/renderer.h"
#include "core/vision/street/traffic.h"

namespace ddnn {

/// One camera of a simulated street, with the true boxes as its views. Each
/// view is rendered when it is asked for; the street has no end.
class StreetRecording final : public Recording {
 public:
  /// \param camera  < kStreetCameras.
  StreetRecording(std::uint64_t seed, int camera)
      : traffic_(seed), renderer_(seed, camera) {}

  std::size_t ticks() const override { return (std::size_t{1} << 31) - 1; }
  std::size_t ObjectsAt(std::size_t tick) const override {
    return traffic_.SampledAt(tick).size();
  }
  Result<std::vector<TickViews::ObjectView>> ReadViews(
      std::size_t tick) const override;

 private:
  const Traffic traffic_;
  const StreetRenderer renderer_;
};

}  // namespace ddnn

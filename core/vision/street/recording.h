#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/vision/recording.h"
#include "core/vision/street/renderer.h"
#include "core/vision/street/traffic.h"

namespace ddnn {

/// One camera of a simulated street, with the true boxes as its views. Each
/// view is rendered when it is asked for.
class StreetRecording final : public Recording {
 public:
  /// As many ticks as a recording may have: the street has no end.
  static constexpr std::size_t kEndless = (std::size_t{1} << 31) - 1;

  /// \param camera  < kStreetCameras.
  /// \param ticks   the first so many, from 1 to kEndless.
  StreetRecording(std::uint64_t seed, int camera, std::size_t ticks = kEndless)
      : traffic_(seed), renderer_(seed, camera), ticks_(ticks) {}

  std::size_t ticks() const override { return ticks_; }
  std::size_t ObjectsAt(std::size_t tick) const override {
    return traffic_.SampledAt(tick).size();
  }
  Result<std::vector<TickViews::ObjectView>> ReadViews(
      std::size_t tick) const override;

 private:
  const Traffic traffic_;
  const StreetRenderer renderer_;
  const std::size_t ticks_;
};

}  // namespace ddnn

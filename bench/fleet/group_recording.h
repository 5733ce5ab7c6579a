#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cli/demo_input.h"
#include "core/vision/recording.h"

namespace ddnn {

/// One camera of views in memory, again and again without an end. Every group
/// shows the same views, each from another place on.
class GroupRecording final : public Recording {
 public:
  /// \param input   borrowed.
  /// \param camera  index into the input's cameras.
  /// \param first   the tick of the input to begin with.
  GroupRecording(const DemoInput& input, int camera, std::size_t first)
      : input_(input),
        camera_(static_cast<std::size_t>(camera)),
        first_(first) {}

  std::size_t ticks() const override { return (std::size_t{1} << 31) - 1; }
  std::size_t ObjectsAt(std::size_t tick) const override {
    return At(tick).samples.size();
  }
  Result<std::vector<TickViews::ObjectView>> ReadViews(
      std::size_t tick) const override {
    std::vector<TickViews::ObjectView> views;
    ObjectNumber object = 0;
    for (const int sample : At(tick).samples) {
      const auto& view =
          input_.views[static_cast<std::size_t>(sample)][camera_];
      if (view) views.push_back({object, *view});
      ++object;
    }
    return views;
  }

 private:
  const ReplayTick& At(std::size_t tick) const {
    const auto& ticks = input_.rows.ticks;
    return ticks[(first_ + tick) % ticks.size()];
  }

  const DemoInput& input_;
  const std::size_t camera_;
  const std::size_t first_;
};

}  // namespace ddnn

#include "core/fusion/open_tick.h"

#include <algorithm>

namespace ddnn {

std::size_t PixelBytes(const std::vector<TickScores::ViewScores>& views) {
  std::size_t bytes = 0;
  for (const auto& view : views) bytes += view.pixels.size();
  return bytes;
}

std::vector<SampleId> OpenTick::SamplesAwaitingMaps() const {
  std::vector<SampleId> wanted;
  for (const auto& [object, sample] : waiting) {
    if (sample.stage == WaitingSample::Stage::kMaps) {
      wanted.push_back(sample.flow.id());
    }
  }
  return wanted;
}

std::size_t OpenTick::EraseEnded() {
  const std::size_t erased = std::erase_if(waiting, [](const auto& entry) {
    return entry.second.stage == WaitingSample::Stage::kEnded;
  });
  awaiting_maps = static_cast<std::size_t>(
      std::ranges::count_if(waiting, [](const auto& entry) {
        return entry.second.stage == WaitingSample::Stage::kMaps;
      }));
  return erased;
}

std::optional<Instant> OpenTick::NextDeadline(
    const CoordinatorOptions& options) const {
  if (!complete) return instant + options.scores_deadline;
  if (waiting.empty()) return std::nullopt;
  Instant next = Instant::max();
  if (awaiting_maps > 0) {
    next = std::min(instant + options.maps_deadline, ask_again_at);
  }
  if (awaiting_maps < waiting.size()) {
    next = std::min(next, instant + options.cloud_deadline);
  }
  return next;
}

}  // namespace ddnn

#include "core/fusion/open_tick.h"

#include <algorithm>

namespace ddnn {
namespace {

/// Where edges are remote, their sums come before this share of the maps'
/// deadline, so that there is time for their maps.
constexpr double kSumsShare = 4.0 / 5.0;

milliseconds Share(double share, milliseconds whole) {
  return std::chrono::duration_cast<milliseconds>(whole * share);
}

}  // namespace

Deadlines::Deadlines(const CoordinatorOptions& options)
    : scores(options.scores_deadline),
      maps(options.remote_edges.empty()
               ? options.maps_deadline
               : Share(kSumsShare, options.maps_deadline)),
      edge_maps(options.maps_deadline),
      cloud(options.cloud_deadline) {}

milliseconds Deadlines::Of(WaitingSample::Stage stage) const {
  switch (stage) {
    case WaitingSample::Stage::kMaps:
      return maps;
    case WaitingSample::Stage::kEdgeMaps:
      return edge_maps;
    case WaitingSample::Stage::kCloud:
    case WaitingSample::Stage::kEnded:
      break;
  }
  return cloud;
}

std::size_t PixelBytes(const std::vector<TickScores::ViewScores>& views) {
  std::size_t bytes = 0;
  for (const auto& view : views) bytes += view.pixels.size();
  return bytes;
}

double OpenTick::Since(Instant now) const {
  const std::chrono::duration<double, std::milli> since = now - instant;
  return std::clamp(since.count(), 0.0, kMaxLatencyMs);
}

std::size_t OpenTick::EraseEnded() {
  return std::erase_if(waiting, [](const auto& entry) {
    return entry.second.stage == WaitingSample::Stage::kEnded;
  });
}

std::optional<Instant> OpenTick::NextDeadline(
    const Deadlines& deadlines) const {
  if (!complete) return wait_from + deadlines.scores;
  if (waiting.empty()) return std::nullopt;
  Instant next = Instant::max();
  for (const auto& [object, sample] : waiting) {
    next =
        std::min({next, sample.ask_at, wait_from + deadlines.Of(sample.stage)});
  }
  return next;
}

}  // namespace ddnn

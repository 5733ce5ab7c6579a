#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "core/fusion/associator.h"
#include "core/fusion/coordinator.h"
#include "core/fusion/device_set.h"
#include "core/fusion/sample_flow.h"

namespace ddnn {

/// Bytes of the encoded views; 0 unless devices offload.
std::size_t PixelBytes(const std::vector<TickScores::ViewScores>& views);

/// A sample that the local exit could not answer.
struct WaitingSample {
  enum class Stage { kMaps, kCloud, kEnded };
  SampleFlow flow;
  Stage stage = Stage::kMaps;
};

/// A tick from its first score until it is decided: it gathers scores until it
/// is complete, then holds the samples that wait for maps or the cloud.
/// Thread-safety: none.
struct OpenTick {
  Instant instant{};  ///< deadlines count from here
  DeviceSet spoken;
  bool complete = false;           ///< no more scores are taken
  std::vector<DeviceViews> views;  ///< until then
  std::map<ObjectNumber, WaitingSample> waiting;
  std::size_t awaiting_maps = 0;  ///< of `waiting`; see EraseEnded()
  Instant ask_again_at{};
  std::optional<Instant> timer;  ///< what the coordinator has set

  bool decided() const { return complete && waiting.empty(); }
  std::vector<SampleId> SamplesAwaitingMaps() const;
  /// Removes the samples that have ended and counts the rest anew.
  /// \return how many were removed.
  std::size_t EraseEnded();
  /// When something is due here; valid after EraseEnded().
  std::optional<Instant> NextDeadline(const CoordinatorOptions& options) const;
};

}  // namespace ddnn

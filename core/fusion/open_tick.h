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
  enum class Stage {
    kMaps,      ///< for the maps of devices, and the sums of remote edges
    kEdgeMaps,  ///< for the maps of remote edges
    kCloud,
    kEnded
  };
  SampleFlow flow;
  Stage stage = Stage::kMaps;
  Instant ask_at{};  ///< what it waits for is asked for (again) then

  /// What that stage waits for is due to be asked for.
  void Enter(Stage next) {
    stage = next;
    ask_at = {};
  }
};

/// When the waits for a tick end, counted from OpenTick::wait_from.
struct Deadlines {
  explicit Deadlines(const CoordinatorOptions& options);
  milliseconds Of(WaitingSample::Stage stage) const;

  milliseconds scores;
  milliseconds maps;
  milliseconds edge_maps;
  milliseconds cloud;
};

/// A tick from its first score until it is decided: it gathers scores until it
/// is complete, then holds the samples that wait for others.
/// Thread-safety: none.
struct OpenTick {
  Instant instant{};  ///< of the tick; unpaced: of its first score
  /// Deadlines count from here: the instant, but of what is late or was due at
  /// an opening.
  Instant wait_from{};
  /// First heard of after its deadline: who is not there may be on the way
  /// back.
  bool late = false;
  DeviceSet spoken;
  bool complete = false;           ///< no more scores are taken
  std::vector<DeviceViews> views;  ///< until then
  std::map<ObjectNumber, WaitingSample> waiting;
  std::optional<Instant> timer;  ///< what the coordinator has set

  /// Milliseconds since the instant. Clocks that differ can make a paced tick
  /// look early, one that is set, old: never below 0 nor above kMaxLatencyMs.
  double Since(Instant now) const;

  bool decided() const { return complete && waiting.empty(); }
  /// Removes the samples that have ended. \return how many.
  std::size_t EraseEnded();
  /// When something is due here; valid after EraseEnded().
  std::optional<Instant> NextDeadline(const Deadlines& deadlines) const;
};

}  // namespace ddnn

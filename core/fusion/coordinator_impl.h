#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/fusion/coordinator.h"
#include "core/fusion/device_set.h"
#include "core/fusion/edge_split.h"
#include "core/fusion/open_tick.h"
#include "core/fusion/sample_flow.h"
#include "core/fusion/tick_memory.h"

namespace ddnn {

/// What a coordinator knows, and the steps that its inputs lead to; for
/// coordinator.cc alone.
struct Coordinator::Impl {
  using Stage = WaitingSample::Stage;

  const std::shared_ptr<const Network> network;
  const CoordinatorOptions options;
  const EdgeSplit split;
  const Deadlines deadlines;
  const int devices;
  const std::size_t max_views;  // gathered at most
  /// Ticks that devices may still offer again.
  struct Return {
    Tick last;
    Instant until;
  };
  std::optional<Return> returning;
  Tick again_until;  // answers for ticks up to this one may be repeats
  DeviceSet alive;
  EdgeSet edges_alive;  // of the remote ones
  Tick decided;         // all known ticks up to this one are decided
  Tick published;
  TickMemory memory;
  std::map<Tick, OpenTick, TickOrder> ticks;
  std::set<std::pair<Instant, Tick>> timers;
  std::size_t views = 0;             // of incomplete ticks
  std::size_t in_flight = 0;         // samples waiting
  std::size_t pixels_gathered = 0;   // bytes, of incomplete ticks
  std::size_t pixels_in_flight = 0;  // bytes, of samples waiting
  std::vector<Action> actions;

  Impl(std::shared_ptr<const Network> shared_network, CoordinatorOptions given);

  bool Fits(const TickScores::ViewScores& view) const;
  Status Check(int device, const TickScores& scores, Instant now) const;
  Status CheckSums(int node, const TickScores& sums) const;
  Status Late(int device, const TickScores& scores);
  /// Publishes that these devices went unheard, as far back as the schedule
  /// and TickMemory reach.
  void TellUnheard(Tick first, Tick last, const DeviceSet& silent);
  OpenTick& Open(Tick tick, Instant now);
  /// The sample if it waits in this stage, else nullptr.
  WaitingSample* Find(const SampleId& sample, Stage stage);

  /// Notes the change. \return false if there is none.
  bool NoteAlive(int node, bool now_alive);
  /// Waits no more for a device or remote edge that went.
  void GiveUpOn(int node, Instant now);

  void CompleteIfAllSpoke(Tick tick, OpenTick& open, Instant now);
  void Complete(Tick tick, OpenTick& open, Instant now);
  void RelieveGathering(Instant now);
  void DecideLocally(OpenTick& open, SampleFlow flow, Instant now);

  /// Ends a stage whose last awaited part has come or is not awaited any more.
  void GoOnIfNothingIsAwaited(const OpenTick& open, WaitingSample& waiting,
                              Instant now);
  /// Ends a stage with what came: on to the next, or to an answer.
  void EndStage(const OpenTick& open, WaitingSample& waiting, Instant now);
  void EndMaps(const OpenTick& open, WaitingSample& waiting, Instant now);
  void EndEdgeMaps(const OpenTick& open, WaitingSample& waiting, Instant now);
  void Answer(const OpenTick& open, WaitingSample& waiting, bool fallback,
              Instant now);
  void Publish(const OpenTick& open, SampleResult result, Instant now);
  void Lose(SampleId id, LossReason reason) {
    actions.emplace_back(PublishLoss{{id, reason, IsAgain(id.tick)}});
  }
  bool IsAgain(Tick tick) const { return !Before(again_until, tick); }

  /// Asks for what is due to be asked for, for the first time or again.
  void Ask(OpenTick& open, Instant now);
  void Expire(Tick tick, OpenTick& open, Instant now);
  /// Ticks up to `due` may be offered again.
  void AwaitReturn(Tick due, Instant now);
  /// Devices have offered again what they could.
  void EndReturn();
  /// Nobody has anything more to say of the tick, whoever comes back.
  bool IsOver(Tick tick, const OpenTick& open) const;
  /// Belongs behind each change of an open tick.
  void Settle(Tick tick, OpenTick& open, Instant now);
  void Advance();
};

}  // namespace ddnn

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/tick.h"
#include "core/fusion/device_set.h"
#include "core/fusion/tick_memory.h"
#include "core/nn/network.h"
#include "core/nn/sample.h"

namespace ddnn {

/// A branch's waits end after this share of the deadlines that its group's lead
/// has, so that what it says comes in time.
inline constexpr double kBranchShare = 3.0 / 5.0;

struct BranchOptions {
  int node = 0;  ///< the edge node whose section it runs
  /// The lead's: its section runs on the maps that came after kBranchShare of
  /// this, counted from the tick's instant: its scheduled one if the group is
  /// paced, else the arrival of its first score here.
  milliseconds maps_deadline{1000};
  std::size_t max_samples = 4096;  ///< asked for and not decided; more: none
};

/// What a branch wants done.
struct SendSums {  ///< to the lead; samples in ascending order
  TickScores sums;
};
struct SendMap {  ///< to the lead
  SampleMap map;
};
using BranchAction = std::variant<SendSums, SendMap>;

/// An edge that is not its group's lead: it runs the section of its node on the
/// maps of its own devices, and leaves every decision to the lead.
///
/// It remembers which of its devices saw what. When the lead asks for maps, the
/// devices answer, and the branch gathers; it sends the class sums of its
/// section, keeps the section's map until the tick is decided, and sends that
/// when the lead asks for it. An ask that is repeated is answered again.
///
/// Pure: no I/O, no thread, no clock. Bounded: the oldest ticks go at
/// kMaxTicks and kMaxObjects.
/// Thread-safety: none.
class Branch {
 public:
  static constexpr std::size_t kMaxTicks = 4096;
  static constexpr std::size_t kMaxObjects = 65536;

  /// \param network  shared; `options.node` is one of its edges.
  Branch(std::shared_ptr<const Network> network, BranchOptions options);

  /// The lead's schedule. If it is another one, everything is forgotten;
  /// nothing but the watermark is remembered before.
  void Begin(const TickSchedule& schedule);

  /// Whether the branch's section takes this device's maps.
  bool Has(int device) const;
  /// A device came or went; only devices that are alive are waited for. None
  /// is alive at first; devices of others are left alone.
  void SetAlive(int device, bool alive);

  /// Remembers what a device saw.
  /// \return Done; kUnknownDevice; kNotFound if it has spoken for the tick
  ///     before; kRefused if the tick is decided, or before Begin();
  ///     kOutOfRange if the tick is absurdly far ahead.
  Status OnScores(int device, const TickScores& scores, Instant now);

  /// \return Done; kUnknownDevice; kBadShape; kNotFound if it is not awaited.
  Status OnMap(int device, SampleMap map);

  /// The lead asked the group's devices for maps.
  void OnRequest(const std::vector<SampleId>& wanted, Instant now);
  /// The lead asked the branches for maps. Each is sent once a request.
  void OnEdgeRequest(const std::vector<SampleId>& wanted);
  /// Every tick up to and including this one may be forgotten. A tick that is
  /// not after the last one of this schedule says nothing new.
  void OnDecided(Tick tick);

  /// Acts on deadlines that have passed.
  void OnTime(Instant now);
  /// When OnTime() must be called next, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// What is to be done since the last call: sums by tick, then maps.
  std::vector<BranchAction> TakeActions();

  /// Samples asked for and not decided.
  std::size_t samples() const { return samples_; }
  std::size_t ticks() const { return ticks_.size(); }
  /// Ticks that went at a bound, undecided.
  std::uint64_t evicted() const { return evicted_; }
  /// Samples asked for whose tick is not known (any more).
  std::uint64_t unknown() const { return unknown_; }
  /// Samples asked for beyond max_samples.
  std::uint64_t refused() const { return refused_; }

 private:
  /// A sample that was asked for.
  struct Part {
    DeviceSet awaited;
    std::vector<std::optional<FeatureMap>> maps;  // by child
    std::optional<NodeOutput> output;             // once the section has run
    DeviceSet sources;                            // whose maps it ran on
  };
  struct SeenTick {
    Instant instant{};
    DeviceSet spoken;
    std::map<ObjectNumber, DeviceSet> seen;
    std::map<ObjectNumber, Part> parts;
  };
  using Ticks = std::map<Tick, SeenTick, TickOrder>;

  void Want(Tick tick, SeenTick& seen, ObjectNumber object);
  /// Runs the section on the maps that came. \return false if none did.
  bool Run(Part& part);
  void NoteSums(Tick tick, ObjectNumber object, const Part& part);
  /// Ends the waits of this tick that are over.
  void Settle(Tick tick, SeenTick& seen, bool overdue);
  Ticks::iterator Forget(Ticks::iterator tick);
  void KeepBounds();

  const std::shared_ptr<const Network> network_;
  const BranchOptions options_;
  const milliseconds maps_deadline_;
  const std::vector<int> children_;  // devices, ascending
  DeviceSet own_;                    // the same
  DeviceSet alive_;
  std::optional<TickSchedule> schedule_;
  std::optional<Tick> decided_;  // always there with a schedule
  Ticks ticks_;
  std::set<std::pair<Instant, Tick>> timers_;  // of ticks with open parts
  std::size_t objects_ = 0;
  std::size_t samples_ = 0;
  std::uint64_t evicted_ = 0;
  std::uint64_t unknown_ = 0;
  std::uint64_t refused_ = 0;
  std::map<Tick, TickScores, TickOrder> sums_;  // to be sent
  std::vector<SampleMap> maps_;                 // to be sent
};

}  // namespace ddnn

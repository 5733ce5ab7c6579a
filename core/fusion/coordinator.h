#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/tick.h"
#include "core/nn/network.h"
#include "core/nn/sample.h"

namespace ddnn {

/// How long a coordinator waits, and how much it holds.
///
/// Deadlines count from a tick's instant: its scheduled instant if the group is
/// paced, else the arrival of its first score. Of a tick that is first heard of
/// too late, or was due at an opening, they count as if gathering ended
/// kReturnWithin later.
struct CoordinatorOptions {
  TickSchedule schedule{};
  /// Where another coordinator has begun the schedule: ticks up to this one are
  /// decided. Its answers for later ticks may have gone out, and by a clock
  /// that is ahead of ours; so our answers for ticks that are due within
  /// kMaxClockAhead of Open() are flagged `again`.
  std::optional<Tick> resume_after{};
  /// Then the tick is decided without the silent.
  milliseconds scores_deadline{500};
  /// Then the section runs on the maps that came.
  milliseconds maps_deadline{1000};
  /// Then the deepest exit reached answers.
  milliseconds cloud_deadline{2000};
  milliseconds ask_again{200};  ///< a map request is repeated after this
  /// A sample is offered to the cloud again after this: a worker that dies
  /// takes what it was asked with it.
  milliseconds offer_again{700};
  /// Edge nodes whose sections other agents run; all others run here.
  std::vector<int> remote_edges{};
  /// Samples that wait for others; beyond: lost, kOverload. Scores of this many
  /// samples are gathered; beyond: the oldest tick waits no more.
  std::size_t max_samples = 4096;
  /// What views carry: kNone, sums; else pixels, and the cloud alone decides.
  Offload offload = Offload::kNone;
  /// Bytes of encoded views that are gathered at most, and of samples that wait
  /// for the cloud; beyond: as beyond max_samples.
  std::size_t max_pixel_bytes = std::size_t{32} << 20;
  /// Hears, when a tick takes no more scores, how long after its instant; may
  /// be empty. It must not call the coordinator.
  std::function<void(std::chrono::nanoseconds)> on_complete{};
};

/// What the coordinator wants done, in this order.
struct AskForMaps {  ///< one request a tick, whatever the number of devices
  std::vector<SampleId> wanted;
};
struct AskForEdgeMaps {  ///< to remote edges; those that sent sums answer
  std::vector<SampleId> wanted;
};
struct OfferToCloud {
  CloudAsk ask;
  bool again = false;  ///< no answer has come to the offer before
};
struct PublishResult {
  SampleResult result;
};
struct PublishLoss {
  SampleLoss loss;
};
struct PublishUnheard {
  TicksUnheard ticks;
};
struct PublishDecided {  ///< all ticks up to this one are decided
  Tick tick;
};
using Action =
    std::variant<AskForMaps, AskForEdgeMaps, OfferToCloud, PublishResult,
                 PublishLoss, PublishUnheard, PublishDecided>;

/// The aggregating tier of one group: gathers a tick's scores, makes samples,
/// decides the local exit, asks for maps after a miss, runs the edge sections
/// if the bundle has any, decides their exit, hands on to the cloud, and
/// answers with what it has when a deadline passes.
///
/// Edge sections may run at other agents, *remote* edges: such an edge takes
/// the maps of its devices itself and sends its class sums; after a miss of the
/// edge exit it is asked for its map, so that the cloud gets all in one offer.
///
/// Where devices offload, it gathers their encoded views instead, decides no
/// exit and hands every sample on to the cloud at once.
///
/// Pure: no I/O, no thread, no clock; the caller says what happened and when,
/// then carries out TakeActions(). The live edge agent and the offline
/// evaluator, to which no edge is remote, run this same class, so they answer
/// alike.
/// Answers depend on what arrived, never on the order of arrival within a tick.
/// Every known sample ends in one PublishResult or PublishLoss. When a deeper
/// tier stays silent, or there is no room to wait for it, the deepest exit
/// reached answers (kFallback); if the bundle has no exit before that tier, the
/// sample is lost (kSilent, kOverload).
/// A tick that is first heard of when its deadline for scores has passed waits
/// kReturnWithin for all devices, also those that are not alive: a link that
/// was cut gives them back one by one.
/// Thread-safety: none.
class Coordinator {
 public:
  Coordinator(std::shared_ptr<const Network> network,
              CoordinatorOptions options);
  ~Coordinator();

  /// How long devices have, after Open() or after the first of them came back,
  /// to offer again what is not decided.
  static constexpr milliseconds kReturnWithin{1500};

  /// Messages come from now on, for the first time or after a while in which
  /// none could. Of a paced group, all ticks that are due and not decided wait
  /// kReturnWithin for what devices offer again; what has not come by then is
  /// published as unheard. Until then no tick is complete before all devices
  /// have spoken or its deadline has passed, since those that lost the broker
  /// too come back one by one; and the watermark passes only what all devices
  /// have spoken of.
  void Open(Instant now);

  /// A device's messages of these ticks are known to be missing.
  /// \param device, last  valid; what lies further back than TickMemory
  ///     reaches is left out.
  void NoteUnheard(int device, Tick first, Tick last);

  /// A device or a remote edge, named by its node, came or went. What is not
  /// alive is not waited for, nor is a device below an edge that is not, nor
  /// the sums of an edge if no device below it that saw the sample is; none is
  /// alive at first. Other nodes are left alone.
  void SetAlive(int node, bool alive, Instant now);

  /// \return Done; kRefused if the views are late: the tick is already complete
  ///     (a sample unknown until then is published as lost, as far back as
  ///     TickMemory reaches, of ticks before that the device as unheard);
  ///     kNotFound if nobody waits for it: the device has
  ///     spoken for the tick before; kOutOfRange if the tick is absurdly far
  ///     ahead; kUnknownDevice; kBadShape if a view has not C sums; where
  ///     devices offload: if it has sums, or not 1 to kMaxEncodedViewBytes of
  ///     pixels.
  Status OnScores(int device, const TickScores& scores, Instant now);

  /// A remote edge's class sums: some or all of its samples of a tick.
  /// \return Done; kNotFound if none of them is awaited (any more);
  ///     kUnknownDevice if it is no remote edge; kBadShape if a view has not C
  ///     sums; kOutOfRange if its sources are not below that edge.
  Status OnEdgeSums(int node, const TickScores& sums, Instant now);

  /// The map of a device, or of a remote edge.
  /// \return Done; kNotFound if nobody asked (any more) or it came before;
  ///     kUnknownDevice; kBadShape if it is no map of that node.
  Status OnMap(int node, SampleMap map, Instant now);

  /// \return Done; kNotFound if nobody waits for it; kNotADistribution or
  ///     kBadShape if the logits are no answer.
  Status OnCloudAnswer(const CloudAnswer& answer, Instant now);

  /// Acts on deadlines that have passed.
  void OnTime(Instant now);
  /// When OnTime() must be called next, if nothing else happens.
  std::optional<Instant> NextDeadline() const;

  /// Ends everything in flight: lost, kShutdown.
  void Shutdown();

  /// What is to be done since the last call, in order.
  std::vector<Action> TakeActions();

  std::size_t samples_in_flight() const;
  /// The watermark.
  Tick decided() const;
  const TickSchedule& schedule() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The cloud's part: runs the root section on a self-contained ask.
/// \param ask  carries maps.
/// \return its logits; kBadShape if the ask does not fit the bundle.
Result<CloudAnswer> AnswerAsk(const Network& network, const CloudAsk& ask);

/// The cloud's part where devices offload: runs every section of the network.
/// \param views  by device; nothing = absent or missing.
/// \return the cloud exit's logits; kBadShape if there are not as many views
///     as devices, or none at all.
Result<CloudAnswer> AnswerViews(const Network& network, const SampleId& sample,
                                std::span<const std::optional<View>> views);

}  // namespace ddnn

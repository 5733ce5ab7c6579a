#include "core/fusion/coordinator.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "core/fusion/associator.h"
#include "core/fusion/device_set.h"
#include "core/fusion/open_tick.h"
#include "core/fusion/sample_flow.h"
#include "core/fusion/tick_memory.h"

namespace ddnn {
namespace {

/// A stray tick beyond this cannot belong to any device's window.
constexpr Tick kMaxTicksAhead = Tick{1} << 16;

}  // namespace

struct Coordinator::Impl {
  std::shared_ptr<const Network> network;
  CoordinatorOptions options;
  int devices;
  std::size_t max_views;  // gathered at most
  DeviceSet alive;
  Tick decided;  // all known ticks up to this one are decided
  Tick published;
  TickMemory memory;
  std::map<Tick, OpenTick, TickOrder> ticks;
  std::set<std::pair<Instant, Tick>> timers;
  std::size_t views = 0;             // of incomplete ticks
  std::size_t in_flight = 0;         // samples waiting
  std::size_t pixels_gathered = 0;   // bytes, of incomplete ticks
  std::size_t pixels_in_flight = 0;  // bytes, of samples waiting
  std::vector<Action> actions;

  Impl(std::shared_ptr<const Network> shared_network, CoordinatorOptions given)
      : network(std::move(shared_network)),
        options(std::move(given)),
        devices(network->bundle().device_count()),
        max_views(options.max_samples * static_cast<std::size_t>(devices)),
        decided(options.schedule.first_tick - 1),
        published(decided),
        memory(options.schedule.first_tick) {
    options.ask_again = std::max(options.ask_again, milliseconds(1));
  }

  bool Fits(const TickScores::ViewScores& view) const;
  Status Check(int device, const TickScores& scores, Instant now) const;
  Status Late(const TickScores& scores);
  OpenTick& Open(Tick tick, Instant now);
  void CompleteIfAllSpoke(Tick tick, OpenTick& open, Instant now);
  void Complete(Tick tick, OpenTick& open, Instant now);
  void RelieveGathering(Instant now);
  void DecideLocally(OpenTick& open, SampleFlow flow, Instant now);
  void Ask(OpenTick& open, Instant now);
  void CloseMaps(OpenTick& open, WaitingSample& waiting, Instant now);
  void Offer(WaitingSample& waiting);
  void Answer(const OpenTick& open, WaitingSample& waiting, bool fallback,
              Instant now);
  void Publish(const OpenTick& open, SampleResult result, Instant now);
  void Expire(Tick tick, OpenTick& open, Instant now);
  void Sweep(Tick tick, OpenTick& open);
  void Advance();
  void Lose(SampleId id, LossReason reason) {
    actions.emplace_back(PublishLoss{{id, reason}});
  }
};

bool Coordinator::Impl::Fits(const TickScores::ViewScores& view) const {
  if (options.offload == Offload::kNone) {
    return view.sums.size() == network->bundle().classes.size() &&
           view.pixels.empty();
  }
  return view.sums.empty() && !view.pixels.empty() &&
         view.pixels.size() <= kMaxEncodedViewBytes;
}

Status Coordinator::Impl::Check(int device, const TickScores& scores,
                                Instant now) const {
  if (device < 0 || device >= devices) return Error::kUnknownDevice;
  for (const auto& view : scores.views) {
    if (!Fits(view)) return Error::kBadShape;
  }
  Tick limit = decided + kMaxTicksAhead;
  const TickSchedule& schedule = options.schedule;
  if (schedule.paced() && now > schedule.start) {
    // A paced group goes on counting while no device is there.
    const double seconds =
        std::chrono::duration<double>(now - schedule.start).count();
    const Tick due =
        schedule.first_tick + static_cast<Tick>(static_cast<std::uint64_t>(
                                  seconds * schedule.ticks_per_second));
    if (Before(limit, due + kMaxTicksAhead)) limit = due + kMaxTicksAhead;
  }
  if (Before(limit, scores.tick)) return Error::kOutOfRange;
  return Done{};
}

Status Coordinator::Impl::Late(const TickScores& scores) {
  std::vector<ObjectNumber> objects;
  for (const auto& view : scores.views) objects.push_back(view.object);
  for (const ObjectNumber object : memory.Learn(scores.tick, objects)) {
    Lose({scores.tick, object}, LossReason::kLate);
  }
  return Error::kRefused;
}

OpenTick& Coordinator::Impl::Open(Tick tick, Instant now) {
  const auto [place, fresh] = ticks.try_emplace(tick);
  if (fresh) {
    place->second.instant =
        options.schedule.paced() ? options.schedule.InstantOf(tick) : now;
  }
  return place->second;
}

void Coordinator::Impl::CompleteIfAllSpoke(Tick tick, OpenTick& open,
                                           Instant now) {
  if (!open.complete && (alive & ~open.spoken).none()) {
    Complete(tick, open, now);
  }
}

void Coordinator::Impl::Complete(Tick tick, OpenTick& open, Instant now) {
  open.complete = true;
  if (options.on_complete) options.on_complete(now - open.instant);
  for (const DeviceViews& device : open.views) {
    views -= device.views.size();
    pixels_gathered -= PixelBytes(device.views);
  }
  const DeviceSet silent = FirstDevices(devices) & ~open.spoken;
  std::vector<ObjectNumber> objects;
  for (AssociatedSample& sample :
       Associate(std::exchange(open.views, {}), devices)) {
    objects.push_back(sample.object);
    const SampleId id{tick, sample.object};
    DecideLocally(
        open,
        SampleFlow(*network, id, std::move(sample), silent, options.offload),
        now);
  }
  memory.Learn(tick, objects);
  Ask(open, now);
}

void Coordinator::Impl::RelieveGathering(Instant now) {
  for (auto& [tick, open] : ticks) {
    if (views <= max_views && pixels_gathered <= options.max_pixel_bytes) {
      return;
    }
    if (open.complete) continue;
    Complete(tick, open, now);
    Sweep(tick, open);
  }
}

void Coordinator::Impl::DecideLocally(OpenTick& open, SampleFlow flow,
                                      Instant now) {
  const SampleId id = flow.id();
  if (flow.TakeLocalExit()) {
    Publish(open, *flow.Answer(/*fallback=*/false), now);
    return;
  }
  const std::size_t pixels = pixels_in_flight + flow.pixel_bytes();
  if (in_flight >= options.max_samples || pixels > options.max_pixel_bytes) {
    Lose(id, LossReason::kOverload);
    return;
  }
  pixels_in_flight = pixels;
  if (!flow.offloads()) flow.AwaitMaps(alive);
  const bool awaits = flow.awaits_maps();
  WaitingSample& waiting =
      open.waiting.try_emplace(id.object, WaitingSample{std::move(flow)})
          .first->second;
  ++in_flight;
  if (waiting.flow.offloads()) {
    Offer(waiting);
  } else if (!awaits) {
    CloseMaps(open, waiting, now);
  }
}

void Coordinator::Impl::Ask(OpenTick& open, Instant now) {
  std::vector<SampleId> wanted = open.SamplesAwaitingMaps();
  if (wanted.empty()) return;
  actions.emplace_back(AskForMaps{std::move(wanted)});
  open.ask_again_at = now + options.ask_again;
}

void Coordinator::Impl::CloseMaps(OpenTick& open, WaitingSample& waiting,
                                  Instant now) {
  if (!waiting.flow.CloseMaps()) {
    Answer(open, waiting, /*fallback=*/true, now);
  } else if (waiting.flow.TakeEdgeExit()) {
    Answer(open, waiting, /*fallback=*/false, now);
  } else {
    Offer(waiting);
  }
}

void Coordinator::Impl::Offer(WaitingSample& waiting) {
  waiting.stage = WaitingSample::Stage::kCloud;
  actions.emplace_back(OfferToCloud{waiting.flow.MakeAsk()});
}

void Coordinator::Impl::Answer(const OpenTick& open, WaitingSample& waiting,
                               bool fallback, Instant now) {
  waiting.stage = WaitingSample::Stage::kEnded;
  pixels_in_flight -= waiting.flow.pixel_bytes();
  std::optional<SampleResult> result = waiting.flow.Answer(fallback);
  if (result) {
    Publish(open, std::move(*result), now);
  } else {
    Lose(waiting.flow.id(), LossReason::kSilent);
  }
}

void Coordinator::Impl::Publish(const OpenTick& open, SampleResult result,
                                Instant now) {
  const std::chrono::duration<double, std::milli> latency = now - open.instant;
  // Clocks that differ can make a paced tick look early.
  result.latency_ms = std::max(0.0, latency.count());
  actions.emplace_back(PublishResult{std::move(result)});
}

void Coordinator::Impl::Expire(Tick tick, OpenTick& open, Instant now) {
  if (!open.complete && now >= open.instant + options.scores_deadline) {
    Complete(tick, open, now);
  }
  const bool maps_over = now >= open.instant + options.maps_deadline;
  const bool cloud_over = now >= open.instant + options.cloud_deadline;
  for (auto& [object, waiting] : open.waiting) {
    if (maps_over && waiting.stage == WaitingSample::Stage::kMaps) {
      CloseMaps(open, waiting, now);
    }
    if (cloud_over && waiting.stage == WaitingSample::Stage::kCloud) {
      Answer(open, waiting, /*fallback=*/true, now);
    }
  }
  if (now >= open.ask_again_at) Ask(open, now);
}

void Coordinator::Impl::Sweep(Tick tick, OpenTick& open) {
  in_flight -= open.EraseEnded();
  const std::optional<Instant> next = open.NextDeadline(options);
  if (next == open.timer) return;
  if (open.timer) timers.erase({*open.timer, tick});
  if (next) timers.emplace(*next, tick);
  open.timer = next;
}

void Coordinator::Impl::Advance() {
  while (!ticks.empty()) {
    const auto& [tick, open] = *ticks.begin();
    if (!open.decided()) return;
    decided = tick;
    ticks.erase(ticks.begin());
  }
}

Coordinator::Coordinator(std::shared_ptr<const Network> network,
                         CoordinatorOptions options)
    : impl_(std::make_unique<Impl>(std::move(network), std::move(options))) {}

Coordinator::~Coordinator() = default;

void Coordinator::SetAlive(int device, bool alive, Instant now) {
  const auto index = static_cast<std::size_t>(device);
  if (device < 0 || device >= impl_->devices ||
      impl_->alive.test(index) == alive) {
    return;
  }
  impl_->alive.set(index, alive);
  if (alive) return;
  for (auto& [tick, open] : impl_->ticks) {
    impl_->CompleteIfAllSpoke(tick, open, now);
    for (auto& [object, waiting] : open.waiting) {
      if (waiting.stage != WaitingSample::Stage::kMaps) continue;
      waiting.flow.GiveUpOn(device);
      if (!waiting.flow.awaits_maps()) impl_->CloseMaps(open, waiting, now);
    }
    impl_->Sweep(tick, open);
  }
  impl_->Advance();
}

Status Coordinator::OnScores(int device, const TickScores& scores,
                             Instant now) {
  Status checked = impl_->Check(device, scores, now);
  if (!checked) return checked;
  const Tick tick = scores.tick;
  if (!Before(impl_->decided, tick)) return impl_->Late(scores);
  OpenTick& open = impl_->Open(tick, now);
  const auto index = static_cast<std::size_t>(device);
  if (open.spoken.test(index)) return Error::kNotFound;
  if (open.complete) return impl_->Late(scores);
  open.spoken.set(index);
  if (!scores.views.empty()) open.views.push_back({device, scores.views});
  impl_->views += scores.views.size();
  impl_->pixels_gathered += PixelBytes(scores.views);
  impl_->CompleteIfAllSpoke(tick, open, now);
  impl_->Sweep(tick, open);
  impl_->RelieveGathering(now);
  impl_->Advance();
  return Done{};
}

Status Coordinator::OnMap(int device, SampleMap map, Instant now) {
  if (device < 0 || device >= impl_->devices) return Error::kUnknownDevice;
  if (map.map.shape != impl_->network->bundle().OutputShape(device) ||
      map.map.bits.size() != map.map.shape.bytes()) {
    return Error::kBadShape;
  }
  const auto tick = impl_->ticks.find(map.sample.tick);
  if (tick == impl_->ticks.end()) return Error::kNotFound;
  OpenTick& open = tick->second;
  const auto place = open.waiting.find(map.sample.object);
  if (place == open.waiting.end()) return Error::kNotFound;
  WaitingSample& waiting = place->second;
  if (!waiting.flow.OfferMap(device, std::move(map.map))) {
    return Error::kNotFound;
  }
  if (!waiting.flow.awaits_maps()) {
    impl_->CloseMaps(open, waiting, now);
    impl_->Sweep(tick->first, open);
    impl_->Advance();
  }
  return Done{};
}

Status Coordinator::OnCloudAnswer(const CloudAnswer& answer, Instant now) {
  const auto tick = impl_->ticks.find(answer.sample.tick);
  if (tick == impl_->ticks.end()) return Error::kNotFound;
  OpenTick& open = tick->second;
  const auto place = open.waiting.find(answer.sample.object);
  if (place == open.waiting.end() ||
      place->second.stage != WaitingSample::Stage::kCloud) {
    return Error::kNotFound;
  }
  Status taken = place->second.flow.TakeCloudAnswer(answer.logits);
  if (!taken) return taken;
  impl_->Answer(open, place->second, /*fallback=*/false, now);
  impl_->Sweep(tick->first, open);
  impl_->Advance();
  return Done{};
}

void Coordinator::OnTime(Instant now) {
  while (!impl_->timers.empty() && impl_->timers.begin()->first <= now) {
    const auto tick = impl_->ticks.find(impl_->timers.begin()->second);
    assert(tick != impl_->ticks.end());  // only open ticks have timers
    impl_->Expire(tick->first, tick->second, now);
    impl_->Sweep(tick->first, tick->second);
  }
  impl_->Advance();
}

std::optional<Instant> Coordinator::NextDeadline() const {
  if (impl_->timers.empty()) return std::nullopt;
  return impl_->timers.begin()->first;
}

void Coordinator::Shutdown() {
  for (auto& [tick, open] : impl_->ticks) {
    for (const AssociatedSample& sample :
         Associate(std::exchange(open.views, {}), impl_->devices)) {
      impl_->Lose({tick, sample.object}, LossReason::kShutdown);
    }
    for (const auto& [object, waiting] : open.waiting) {
      impl_->Lose({tick, object}, LossReason::kShutdown);
    }
    open.waiting.clear();
    open.complete = true;
  }
  impl_->views = 0;
  impl_->in_flight = 0;
  impl_->pixels_gathered = 0;
  impl_->pixels_in_flight = 0;
  impl_->timers.clear();
  impl_->Advance();
}

std::vector<Action> Coordinator::TakeActions() {
  if (impl_->published != impl_->decided) {
    impl_->published = impl_->decided;
    impl_->actions.emplace_back(PublishDecided{impl_->decided});
  }
  return std::exchange(impl_->actions, {});
}

std::size_t Coordinator::samples_in_flight() const { return impl_->in_flight; }

}  // namespace ddnn

#include "core/fusion/coordinator_impl.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/fusion/associator.h"
#include "core/fusion/tick_limit.h"

namespace ddnn {
namespace {

/// Nothing is asked for again without a pause.
CoordinatorOptions Sane(CoordinatorOptions options) {
  options.ask_again = std::max(options.ask_again, milliseconds(1));
  options.offer_again = std::max(options.offer_again, milliseconds(1));
  return options;
}

}  // namespace

Coordinator::Impl::Impl(std::shared_ptr<const Network> shared_network,
                        CoordinatorOptions given)
    : network(std::move(shared_network)),
      options(Sane(std::move(given))),
      split(network->bundle(), options.remote_edges),
      deadlines(options),
      devices(network->bundle().device_count()),
      max_views(options.max_samples * static_cast<std::size_t>(devices)),
      again_until(options.schedule.first_tick - 1),
      decided(options.resume_after.value_or(options.schedule.first_tick - 1)),
      published(decided),
      memory(decided + 1) {}

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
  if (Before(LastTickBelieved(options.schedule, decided, now), scores.tick)) {
    return Error::kOutOfRange;
  }
  return Done{};
}

Status Coordinator::Impl::Late(int device, const TickScores& scores) {
  // Who began behind this tick cannot tell whether its samples are known.
  if (memory.HasForgotten(scores.tick) && !scores.views.empty()) {
    TellUnheard(scores.tick, scores.tick, DeviceSet().set(std::size_t(device)));
  }
  std::vector<ObjectNumber> objects;
  for (const auto& view : scores.views) objects.push_back(view.object);
  for (const ObjectNumber object : memory.Learn(scores.tick, objects)) {
    Lose({scores.tick, object}, LossReason::kLate);
  }
  return Error::kRefused;
}

void Coordinator::Impl::TellUnheard(Tick first, Tick last,
                                    const DeviceSet& silent) {
  for (const Tick oldest :
       {options.schedule.first_tick, decided - Tick{TickMemory::kMaxTicks}}) {
    if (Before(first, oldest)) first = oldest;
  }
  if (Before(last, first) || silent.none()) return;
  actions.emplace_back(PublishUnheard{{first, last, Indices(silent)}});
}

Status Coordinator::Impl::CheckSums(int node, const TickScores& sums) const {
  if (!split.IsRemote(node)) return Error::kUnknownDevice;
  const DeviceSet& below = split.Below(split.EdgeOf(node));
  for (const auto& view : sums.views) {
    if (view.sums.size() != network->bundle().classes.size()) {
      return Error::kBadShape;
    }
    const DeviceSet sources(view.sources);
    if (sources.none() || (sources & ~below).any()) return Error::kOutOfRange;
  }
  return Done{};
}

WaitingSample* Coordinator::Impl::Find(const SampleId& sample, Stage stage) {
  const auto tick = ticks.find(sample.tick);
  if (tick == ticks.end()) return nullptr;
  const auto place = tick->second.waiting.find(sample.object);
  if (place == tick->second.waiting.end() || place->second.stage != stage) {
    return nullptr;
  }
  return &place->second;
}

bool Coordinator::Impl::NoteAlive(int node, bool now_alive) {
  if (split.IsRemote(node)) {
    const std::size_t edge = split.EdgeOf(node);
    if (edges_alive.test(edge) == now_alive) return false;
    edges_alive.set(edge, now_alive);
    return true;
  }
  const auto device = static_cast<std::size_t>(node);
  if (node < 0 || node >= devices || alive.test(device) == now_alive) {
    return false;
  }
  alive.set(device, now_alive);
  return true;
}

void Coordinator::Impl::GiveUpOn(int node, Instant now) {
  for (auto& [tick, open] : ticks) {
    CompleteIfAllSpoke(tick, open, now);
    for (auto& [object, waiting] : open.waiting) {
      if (!waiting.flow.awaits()) continue;
      if (node < devices) {
        waiting.flow.AwaitOnly(alive);
      } else {
        waiting.flow.GiveUpOnEdge(split.EdgeOf(node));
      }
      GoOnIfNothingIsAwaited(open, waiting, now);
    }
    Settle(tick, open, now);
  }
}

OpenTick& Coordinator::Impl::Open(Tick tick, Instant now) {
  const auto [place, fresh] = ticks.try_emplace(tick);
  if (!fresh) return place->second;
  OpenTick& open = place->second;
  open.instant =
      options.schedule.paced() ? options.schedule.InstantOf(tick) : now;
  open.wait_from = open.instant;
  if (returning && !Before(returning->last, tick)) {
    open.wait_from = returning->until - deadlines.scores;
  } else if (open.instant + deadlines.scores <= now) {
    open.late = true;
    open.wait_from = now + kReturnWithin - deadlines.scores;
  }
  return open;
}

void Coordinator::Impl::CompleteIfAllSpoke(Tick tick, OpenTick& open,
                                           Instant now) {
  const DeviceSet cut_off = split.Below(split.remote() & ~edges_alive);
  const DeviceSet awaited =
      returning || open.late ? FirstDevices(devices) : alive & ~cut_off;
  if (!open.complete && (awaited & ~open.spoken).none()) {
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
    DecideLocally(open,
                  SampleFlow(*network, split, id, std::move(sample), silent,
                             options.offload),
                  now);
  }
  memory.Learn(tick, objects);
}

void Coordinator::Impl::RelieveGathering(Instant now) {
  for (auto& [tick, open] : ticks) {
    if (views <= max_views && pixels_gathered <= options.max_pixel_bytes) {
      return;
    }
    if (open.complete) continue;
    Complete(tick, open, now);
    Settle(tick, open, now);
  }
}

void Coordinator::Impl::DecideLocally(OpenTick& open, SampleFlow flow,
                                      Instant now) {
  const SampleId id = flow.id();
  const double at_ms = open.Since(now);
  flow.times().gathered = at_ms;
  if (flow.TakeLocalExit(at_ms)) {
    Publish(open, *flow.Answer(/*fallback=*/false), now);
    return;
  }
  const std::size_t pixels = pixels_in_flight + flow.pixel_bytes();
  if (in_flight >= options.max_samples || pixels > options.max_pixel_bytes) {
    if (auto result = flow.Answer(/*fallback=*/true)) {
      return Publish(open, std::move(*result), now);
    }
    return Lose(id, LossReason::kOverload);
  }
  pixels_in_flight = pixels;
  if (!flow.offloads()) flow.Await(alive, edges_alive);
  WaitingSample& waiting =
      open.waiting.try_emplace(id.object, WaitingSample{std::move(flow)})
          .first->second;
  ++in_flight;
  if (waiting.flow.offloads()) {
    waiting.Enter(Stage::kCloud);
  } else {
    GoOnIfNothingIsAwaited(open, waiting, now);
  }
}

void Coordinator::Impl::GoOnIfNothingIsAwaited(const OpenTick& open,
                                               WaitingSample& waiting,
                                               Instant now) {
  if (!waiting.flow.awaits()) EndStage(open, waiting, now);
}

void Coordinator::Impl::EndStage(const OpenTick& open, WaitingSample& waiting,
                                 Instant now) {
  switch (waiting.stage) {
    case Stage::kMaps:
      return EndMaps(open, waiting, now);
    case Stage::kEdgeMaps:
      return EndEdgeMaps(open, waiting, now);
    case Stage::kCloud:
      return Answer(open, waiting, /*fallback=*/true, now);
    case Stage::kEnded:
      break;
  }
}

void Coordinator::Impl::EndMaps(const OpenTick& open, WaitingSample& waiting,
                                Instant now) {
  if (!waiting.flow.CloseMaps()) {
    return Answer(open, waiting, /*fallback=*/true, now);
  }
  const double at_ms = open.Since(now);
  waiting.flow.times().maps = at_ms;
  if (waiting.flow.TakeEdgeExit(at_ms)) {
    return Answer(open, waiting, /*fallback=*/false, now);
  }
  waiting.Enter(Stage::kEdgeMaps);
  waiting.flow.AwaitEdgeMaps(edges_alive);
  GoOnIfNothingIsAwaited(open, waiting, now);
}

void Coordinator::Impl::EndEdgeMaps(const OpenTick& open,
                                    WaitingSample& waiting, Instant now) {
  if (waiting.flow.CloseEdgeMaps()) {
    waiting.Enter(Stage::kCloud);
  } else {
    Answer(open, waiting, /*fallback=*/true, now);
  }
}

void Coordinator::Impl::Answer(const OpenTick& open, WaitingSample& waiting,
                               bool fallback, Instant now) {
  waiting.stage = Stage::kEnded;
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
  result.latency_ms = open.Since(now);
  result.again = IsAgain(result.sample.tick);
  actions.emplace_back(PublishResult{std::move(result)});
}

void Coordinator::Impl::Ask(OpenTick& open, Instant now) {
  AskForMaps maps;
  AskForEdgeMaps edge_maps;
  for (auto& [object, waiting] : open.waiting) {
    if (now < waiting.ask_at) continue;
    const bool again = waiting.ask_at != Instant{};
    SampleTimes& times = waiting.flow.times();
    waiting.ask_at = now + options.ask_again;
    if (waiting.stage == Stage::kMaps) {
      if (!again) times.asked = open.Since(now);
      maps.wanted.push_back(waiting.flow.id());
    } else if (waiting.stage == Stage::kEdgeMaps) {
      edge_maps.wanted.push_back(waiting.flow.id());
    } else {
      waiting.ask_at = now + options.offer_again;
      if (!again) times.offered = open.Since(now);
      actions.emplace_back(OfferToCloud{waiting.flow.MakeAsk(), again});
    }
  }
  if (!maps.wanted.empty()) actions.emplace_back(std::move(maps));
  if (!edge_maps.wanted.empty()) actions.emplace_back(std::move(edge_maps));
}

void Coordinator::Impl::Expire(Tick tick, OpenTick& open, Instant now) {
  if (!open.complete && now >= open.wait_from + deadlines.scores) {
    Complete(tick, open, now);
  }
  for (auto& [object, waiting] : open.waiting) {
    while (waiting.stage != Stage::kEnded &&
           now >= open.wait_from + deadlines.Of(waiting.stage)) {
      EndStage(open, waiting, now);
    }
  }
}

void Coordinator::Impl::Settle(Tick tick, OpenTick& open, Instant now) {
  in_flight -= open.EraseEnded();
  Ask(open, now);
  const std::optional<Instant> next = open.NextDeadline(deadlines);
  if (next == open.timer) return;
  if (open.timer) timers.erase({*open.timer, tick});
  if (next) timers.emplace(*next, tick);
  open.timer = next;
}

void Coordinator::Impl::AwaitReturn(Tick due, Instant now) {
  returning = {due, now + kReturnWithin};
  for (auto& [tick, open] : ticks) {
    if (open.complete || Before(due, tick)) continue;
    open.wait_from = returning->until - deadlines.scores;
    Settle(tick, open, now);
  }
}

void Coordinator::Impl::EndReturn() {
  const Return range = *std::exchange(returning, std::nullopt);
  // From the first to the last tick of which something is missing.
  TicksUnheard unheard;
  DeviceSet missing;
  const auto note = [&](Tick first, Tick last, const DeviceSet& silent) {
    if (Before(last, first) || silent.none()) return;
    if (missing.none()) unheard.first = first;
    unheard.last = last;
    missing |= silent;
  };
  const DeviceSet all = FirstDevices(devices);
  Tick next = decided + 1;
  for (const auto& [tick, open] : ticks) {
    if (Before(range.last, tick)) break;
    note(next, tick - 1, all);
    note(tick, tick, all & ~open.spoken);
    next = tick + 1;
  }
  note(next, range.last, all);
  if (missing.none()) return;
  unheard.devices = Indices(missing);
  actions.emplace_back(PublishUnheard{std::move(unheard)});
}

bool Coordinator::Impl::IsOver(Tick tick, const OpenTick& open) const {
  return tick == decided + 1 && (FirstDevices(devices) & ~open.spoken).none();
}

void Coordinator::Impl::Advance() {
  while (!ticks.empty()) {
    const auto& [tick, open] = *ticks.begin();
    if (!open.decided() || (returning && !IsOver(tick, open))) return;
    decided = tick;
    ticks.erase(ticks.begin());
  }
}

}  // namespace ddnn

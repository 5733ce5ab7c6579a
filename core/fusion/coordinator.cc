#include "core/fusion/coordinator.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "core/fusion/associator.h"
#include "core/fusion/coordinator_impl.h"
#include "core/fusion/tick_limit.h"

namespace ddnn {
namespace {

/// No device of an unpaced group is further ahead of the watermark.
constexpr Tick kMaxWindow = 512;

}  // namespace

Coordinator::Coordinator(std::shared_ptr<const Network> network,
                         CoordinatorOptions options)
    : impl_(std::make_unique<Impl>(std::move(network), std::move(options))) {}

Coordinator::~Coordinator() = default;

void Coordinator::Open(Instant now) {
  const TickSchedule& schedule = impl_->options.schedule;
  const bool resumes = impl_->options.resume_after.has_value();
  if (!schedule.paced()) {
    if (resumes) impl_->again_until = impl_->decided + kMaxWindow;
    return;
  }
  // The clock of who answered before may be as far ahead of this one.
  if (resumes) impl_->again_until = schedule.LastDue(now + kMaxClockAhead);
  const Tick due = schedule.LastDue(now);
  if (Before(impl_->decided, due)) impl_->AwaitReturn(due, now);
}

void Coordinator::NoteUnheard(int device, Tick first, Tick last) {
  impl_->TellUnheard(first, last, DeviceSet().set(std::size_t(device)));
}

void Coordinator::SetAlive(int node, bool alive, Instant now) {
  if (!impl_->NoteAlive(node, alive) || alive) return;
  impl_->GiveUpOn(node, now);
  impl_->Advance();
}

Status Coordinator::OnScores(int device, const TickScores& scores,
                             Instant now) {
  Status checked = impl_->Check(device, scores, now);
  if (!checked) return checked;
  const Tick tick = scores.tick;
  if (!Before(impl_->decided, tick)) return impl_->Late(device, scores);
  OpenTick& open = impl_->Open(tick, now);
  const auto index = static_cast<std::size_t>(device);
  if (open.spoken.test(index)) return Error::kNotFound;
  if (open.complete) return impl_->Late(device, scores);
  open.spoken.set(index);
  if (!scores.views.empty()) open.views.push_back({device, scores.views});
  impl_->views += scores.views.size();
  impl_->pixels_gathered += PixelBytes(scores.views);
  impl_->CompleteIfAllSpoke(tick, open, now);
  impl_->Settle(tick, open, now);
  impl_->RelieveGathering(now);
  impl_->Advance();
  return Done{};
}

Status Coordinator::OnEdgeSums(int node, const TickScores& sums, Instant now) {
  Status checked = impl_->CheckSums(node, sums);
  if (!checked) return checked;
  const auto tick = impl_->ticks.find(sums.tick);
  bool taken = false;
  for (const auto& view : sums.views) {
    WaitingSample* waiting =
        impl_->Find({sums.tick, view.object}, WaitingSample::Stage::kMaps);
    if (waiting == nullptr ||
        !waiting->flow.OfferSums(impl_->split.EdgeOf(node), view.sums,
                                 DeviceSet(view.sources))) {
      continue;
    }
    taken = true;
    impl_->GoOnIfNothingIsAwaited(tick->second, *waiting, now);
  }
  if (!taken) return Error::kNotFound;
  impl_->Settle(tick->first, tick->second, now);
  impl_->Advance();
  return Done{};
}

Status Coordinator::OnMap(int node, SampleMap map, Instant now) {
  const bool of_edge = impl_->split.IsRemote(node);
  if (!of_edge && (node < 0 || node >= impl_->devices)) {
    return Error::kUnknownDevice;
  }
  if (map.map.shape != impl_->network->bundle().OutputShape(node) ||
      map.map.bits.size() != map.map.shape.bytes()) {
    return Error::kBadShape;
  }
  WaitingSample* waiting =
      impl_->Find(map.sample, of_edge ? WaitingSample::Stage::kEdgeMaps
                                      : WaitingSample::Stage::kMaps);
  if (waiting == nullptr) return Error::kNotFound;
  SampleFlow& flow = waiting->flow;
  const bool taken =
      of_edge ? flow.OfferEdgeMap(impl_->split.EdgeOf(node), std::move(map.map))
              : flow.OfferMap(node, std::move(map.map));
  if (!taken) return Error::kNotFound;
  OpenTick& open = impl_->ticks.at(map.sample.tick);
  impl_->GoOnIfNothingIsAwaited(open, *waiting, now);
  impl_->Settle(map.sample.tick, open, now);
  impl_->Advance();
  return Done{};
}

Status Coordinator::OnCloudAnswer(const CloudAnswer& answer, Instant now) {
  WaitingSample* waiting =
      impl_->Find(answer.sample, WaitingSample::Stage::kCloud);
  if (waiting == nullptr) return Error::kNotFound;
  OpenTick& open = impl_->ticks.at(answer.sample.tick);
  const double at_ms = open.Since(now);
  Status taken = waiting->flow.TakeCloudAnswer(answer.logits, at_ms);
  if (!taken) return taken;
  waiting->flow.times().answered = at_ms;
  impl_->Answer(open, *waiting, /*fallback=*/false, now);
  impl_->Settle(answer.sample.tick, open, now);
  impl_->Advance();
  return Done{};
}

void Coordinator::OnTime(Instant now) {
  while (!impl_->timers.empty() && impl_->timers.begin()->first <= now) {
    const auto tick = impl_->ticks.find(impl_->timers.begin()->second);
    assert(tick != impl_->ticks.end());  // only open ticks have timers
    impl_->Expire(tick->first, tick->second, now);
    impl_->Settle(tick->first, tick->second, now);
  }
  if (impl_->returning && now >= impl_->returning->until) impl_->EndReturn();
  impl_->Advance();
}

std::optional<Instant> Coordinator::NextDeadline() const {
  std::optional<Instant> next;
  if (!impl_->timers.empty()) next = impl_->timers.begin()->first;
  if (impl_->returning) {
    next = std::min(next.value_or(Instant::max()), impl_->returning->until);
  }
  return next;
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
  if (impl_->returning) impl_->EndReturn();
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

Tick Coordinator::decided() const { return impl_->decided; }

const TickSchedule& Coordinator::schedule() const {
  return impl_->options.schedule;
}

}  // namespace ddnn

#include "core/fusion/branch.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/fusion/tick_limit.h"

namespace ddnn {

Branch::Branch(std::shared_ptr<const Network> network, BranchOptions options)
    : network_(std::move(network)),
      options_(options),
      maps_deadline_(std::chrono::duration_cast<milliseconds>(
          options.maps_deadline * kBranchShare)),
      children_(network_->bundle().ChildrenOf(options.node)) {
  for (const int child : children_) own_.set(static_cast<std::size_t>(child));
}

void Branch::Begin(const TickSchedule& schedule) {
  if (schedule_ == schedule) return;
  const Tick before_first = schedule.first_tick - 1;
  // A watermark may have overtaken the first schedule, or be an old run's.
  if (schedule_ || !decided_ || Before(*decided_, before_first)) {
    decided_ = before_first;
  }
  schedule_ = schedule;
  for (auto tick = ticks_.begin(); tick != ticks_.end();) tick = Forget(tick);
  sums_.clear();
  maps_.clear();
}

bool Branch::Has(int device) const {
  return device >= 0 && device < kMaxDevices &&
         own_.test(static_cast<std::size_t>(device));
}

void Branch::SetAlive(int device, bool alive) {
  if (!Has(device)) return;
  const auto index = static_cast<std::size_t>(device);
  alive_.set(index, alive);
  if (alive) return;
  for (auto& [tick, seen] : ticks_) {
    for (auto& [object, part] : seen.parts) part.awaited.reset(index);
    Settle(tick, seen, /*overdue=*/false);
  }
}

Status Branch::OnScores(int device, const TickScores& scores, Instant now) {
  if (!Has(device)) return Error::kUnknownDevice;
  if (!schedule_ || !Before(*decided_, scores.tick)) return Error::kRefused;
  if (Before(LastTickBelieved(*schedule_, *decided_, now), scores.tick)) {
    return Error::kOutOfRange;
  }
  const auto [place, fresh] = ticks_.try_emplace(scores.tick);
  SeenTick& seen = place->second;
  if (fresh) {
    seen.instant = schedule_->paced() ? schedule_->InstantOf(scores.tick) : now;
  }
  const auto index = static_cast<std::size_t>(device);
  if (seen.spoken.test(index)) return Error::kNotFound;
  seen.spoken.set(index);
  for (const auto& view : scores.views) {
    const auto [object, is_new] = seen.seen.try_emplace(view.object);
    object->second.set(index);
    if (is_new) ++objects_;
  }
  KeepBounds();
  return Done{};
}

void Branch::KeepBounds() {
  while (ticks_.size() > kMaxTicks ||
         (objects_ > kMaxObjects && ticks_.size() > 1)) {
    Forget(ticks_.begin());
    ++evicted_;
  }
}

Branch::Ticks::iterator Branch::Forget(Ticks::iterator tick) {
  const SeenTick& seen = tick->second;
  timers_.erase({seen.instant + maps_deadline_, tick->first});
  objects_ -= seen.seen.size();
  samples_ -= seen.parts.size();
  return ticks_.erase(tick);
}

Status Branch::OnMap(int device, SampleMap map) {
  if (!Has(device)) return Error::kUnknownDevice;
  if (map.map.shape != network_->bundle().OutputShape(device) ||
      map.map.bits.size() != map.map.shape.bytes()) {
    return Error::kBadShape;
  }
  const auto tick = ticks_.find(map.sample.tick);
  if (tick == ticks_.end()) return Error::kNotFound;
  const auto place = tick->second.parts.find(map.sample.object);
  const auto index = static_cast<std::size_t>(device);
  if (place == tick->second.parts.end() || !place->second.awaited.test(index)) {
    return Error::kNotFound;
  }
  Part& part = place->second;
  part.awaited.reset(index);
  const auto child = std::ranges::lower_bound(children_, device);
  part.maps[static_cast<std::size_t>(child - children_.begin())] =
      std::move(map.map);
  Settle(tick->first, tick->second, /*overdue=*/false);
  return Done{};
}

void Branch::OnRequest(const std::vector<SampleId>& wanted, Instant now) {
  std::set<Tick> touched;
  for (const SampleId& sample : wanted) {
    const auto tick = ticks_.find(sample.tick);
    if (tick == ticks_.end()) {
      ++unknown_;
      continue;
    }
    Want(sample.tick, tick->second, sample.object);
    touched.insert(sample.tick);
  }
  for (const Tick tick : touched) {
    SeenTick& seen = ticks_.at(tick);
    Settle(tick, seen, now >= seen.instant + maps_deadline_);
  }
}

void Branch::Want(Tick tick, SeenTick& seen, ObjectNumber object) {
  const auto known = seen.parts.find(object);
  if (known != seen.parts.end()) {
    if (known->second.output) NoteSums(tick, object, known->second);
    return;
  }
  const auto devices = seen.seen.find(object);
  if (devices == seen.seen.end()) return;  // another edge's
  if (samples_ >= options_.max_samples) {
    ++refused_;
    return;
  }
  Part part;
  part.awaited = devices->second & alive_;
  part.maps.resize(children_.size());
  seen.parts.emplace(object, std::move(part));
  ++samples_;
}

void Branch::Settle(Tick tick, SeenTick& seen, bool overdue) {
  bool waits = false;
  for (auto place = seen.parts.begin(); place != seen.parts.end();) {
    Part& part = place->second;
    const bool open = !part.output.has_value();
    if (open && part.awaited.any() && !overdue) {
      waits = true;
    } else if (open && !Run(part)) {
      // Nothing to say; a repeated request may find more.
      place = seen.parts.erase(place);
      --samples_;
      continue;
    } else if (open) {
      NoteSums(tick, place->first, part);
    }
    ++place;
  }
  const std::pair timer(seen.instant + maps_deadline_, tick);
  if (waits) {
    timers_.insert(timer);
  } else {
    timers_.erase(timer);
  }
}

bool Branch::Run(Part& part) {
  part.awaited.reset();
  std::vector<const FeatureMap*> maps;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    maps.push_back(part.maps[i] ? &*part.maps[i] : nullptr);
    part.sources.set(static_cast<std::size_t>(children_[i]),
                     part.maps[i].has_value());
  }
  if (part.sources.none()) return false;
  Result<NodeOutput> output = network_->RunNode(options_.node, maps);
  assert(output);  // OnMap() let in maps of the right shape only
  part.output = std::move(*output);
  part.maps.clear();
  return true;
}

void Branch::NoteSums(Tick tick, ObjectNumber object, const Part& part) {
  TickScores& scores = sums_[tick];
  scores.tick = tick;
  const auto place = std::ranges::lower_bound(scores.views, object, {},
                                              &TickScores::ViewScores::object);
  if (place != scores.views.end() && place->object == object) return;
  scores.views.insert(
      place, {.object = object,
              .sums = part.output->sums,
              .sources = static_cast<std::uint32_t>(part.sources.to_ulong())});
}

void Branch::OnEdgeRequest(const std::vector<SampleId>& wanted) {
  for (const SampleId& sample :
       std::set<SampleId>(wanted.begin(), wanted.end())) {
    const auto tick = ticks_.find(sample.tick);
    if (tick == ticks_.end()) {
      ++unknown_;
      continue;
    }
    const auto part = tick->second.parts.find(sample.object);
    if (part == tick->second.parts.end() || !part->second.output) continue;
    maps_.push_back({sample, part->second.output->map});
  }
}

void Branch::OnDecided(Tick tick) {
  if (schedule_ && !Before(*decided_, tick)) return;
  decided_ = tick;
  while (!ticks_.empty() && !Before(tick, ticks_.begin()->first)) {
    Forget(ticks_.begin());
  }
}

void Branch::OnTime(Instant now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const auto tick = ticks_.find(timers_.begin()->second);
    assert(tick != ticks_.end());  // Forget() takes the timer along
    Settle(tick->first, tick->second, /*overdue=*/true);
  }
}

std::optional<Instant> Branch::NextDeadline() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first;
}

std::vector<BranchAction> Branch::TakeActions() {
  std::vector<BranchAction> actions;
  for (auto& [tick, sums] : std::exchange(sums_, {})) {
    actions.emplace_back(SendSums{std::move(sums)});
  }
  for (SampleMap& map : std::exchange(maps_, {})) {
    actions.emplace_back(SendMap{std::move(map)});
  }
  return actions;
}

}  // namespace ddnn

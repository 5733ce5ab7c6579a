#include "device_agent/tick_ring.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ddnn {

void TickRing::Add(TickScores scores, std::vector<FeatureMap> maps) {
  const Tick tick = scores.tick;
  Entry entry{std::move(scores), std::move(maps), 0};
  for (std::size_t i = 0; i < entry.maps.size(); ++i) {
    const Sums& sums = entry.scores.views[i].sums;
    entry.bytes += entry.maps[i].bits.size() + sizeof(sums[0]) * sums.size();
  }
  bytes_ += entry.bytes;
  const auto at = entries_.begin() + std::ptrdiff_t(LowerBound(tick));
  if (at != entries_.end() && at->scores.tick == tick) {
    bytes_ -= at->bytes;
    *at = std::move(entry);
  } else {
    entries_.insert(at, std::move(entry));
  }
  while (entries_.size() > max_ticks_ ||
         (bytes_ > max_bytes_ && entries_.size() > 1)) {
    PopFront();
    ++evicted_;
  }
}

bool TickRing::HasTick(Tick tick) const {
  const std::size_t at = LowerBound(tick);
  return at < entries_.size() && entries_[at].scores.tick == tick;
}

const FeatureMap* TickRing::Find(const SampleId& sample) const {
  if (!HasTick(sample.tick)) return nullptr;
  const Entry& entry = entries_[LowerBound(sample.tick)];
  const auto& views = entry.scores.views;
  const auto found =
      std::ranges::find(views, sample.object, &TickScores::ViewScores::object);
  return found == views.end()
             ? nullptr
             : &entry.maps[static_cast<std::size_t>(found - views.begin())];
}

void TickRing::Forget(Tick decided) {
  while (!entries_.empty() && !Before(decided, entries_.front().scores.tick)) {
    PopFront();
  }
}

void TickRing::Clear() {
  entries_.clear();
  bytes_ = 0;
}

std::size_t TickRing::LowerBound(Tick tick) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), tick,
                                   [](const Entry& entry, Tick wanted) {
                                     return Before(entry.scores.tick, wanted);
                                   });
  return static_cast<std::size_t>(std::distance(entries_.begin(), at));
}

void TickRing::PopFront() {
  bytes_ -= entries_.front().bytes;
  entries_.pop_front();
}

}  // namespace ddnn

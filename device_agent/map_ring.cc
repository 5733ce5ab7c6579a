#include "device_agent/map_ring.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ddnn {

void MapRing::Add(Tick tick, std::vector<ObjectMap> maps) {
  Entry entry{tick, std::move(maps), 0};
  for (const ObjectMap& object : entry.maps) {
    entry.bytes += object.map.bits.size();
  }
  bytes_ += entry.bytes;
  const auto at = entries_.begin() + std::ptrdiff_t(LowerBound(tick));
  if (at != entries_.end() && at->tick == tick) {
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

bool MapRing::HasTick(Tick tick) const {
  const std::size_t at = LowerBound(tick);
  return at < entries_.size() && entries_[at].tick == tick;
}

const FeatureMap* MapRing::Find(const SampleId& sample) const {
  if (!HasTick(sample.tick)) return nullptr;
  const auto& maps = entries_[LowerBound(sample.tick)].maps;
  const auto found =
      std::find_if(maps.begin(), maps.end(), [&](const ObjectMap& candidate) {
        return candidate.object == sample.object;
      });
  return found == maps.end() ? nullptr : &found->map;
}

void MapRing::Forget(Tick decided) {
  while (!entries_.empty() && !Before(decided, entries_.front().tick)) {
    PopFront();
  }
}

void MapRing::Clear() {
  entries_.clear();
  bytes_ = 0;
}

std::size_t MapRing::LowerBound(Tick tick) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), tick,
                                   [](const Entry& entry, Tick wanted) {
                                     return Before(entry.tick, wanted);
                                   });
  return static_cast<std::size_t>(std::distance(entries_.begin(), at));
}

void MapRing::PopFront() {
  bytes_ -= entries_.front().bytes;
  entries_.pop_front();
}

}  // namespace ddnn

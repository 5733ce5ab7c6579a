#include "core/fusion/tick_memory.h"

#include <algorithm>

namespace ddnn {

std::vector<ObjectNumber> TickMemory::Learn(
    Tick tick, const std::vector<ObjectNumber>& objects) {
  std::vector<ObjectNumber> fresh;
  if (HasForgotten(tick)) return fresh;
  std::vector<ObjectNumber>& known = known_[tick];  // ascending
  for (const ObjectNumber object : objects) {
    const auto place = std::ranges::lower_bound(known, object);
    if (place != known.end() && *place == object) continue;
    known.insert(place, object);
    fresh.push_back(object);
  }
  objects_ += fresh.size();
  Forget();
  return fresh;
}

void TickMemory::Forget() {
  while (known_.size() > kMaxTicks || objects_ > kMaxObjects) {
    const auto oldest = known_.begin();
    first_ = oldest->first + 1;
    objects_ -= oldest->second.size();
    known_.erase(oldest);
  }
}

}  // namespace ddnn

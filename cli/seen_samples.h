#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>

#include "core/nn/sample.h"

namespace ddnn {

/// Which samples of a group have ended, so that a repeat does not count twice:
/// the first event of a sample counts, whether it is flagged `again` or not.
/// Beyond the capacity the oldest is forgotten. Thread-safety: none.
class SeenSamples {
 public:
  explicit SeenSamples(std::size_t capacity) : capacity_(capacity) {}

  /// \return false if it was here before.
  bool Add(const SampleId& sample) {
    const std::uint64_t id = std::uint64_t{sample.tick} << 16 | sample.object;
    if (!known_.insert(id).second) return false;
    order_.push_back(id);
    if (order_.size() > capacity_) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  const std::size_t capacity_;
  std::unordered_set<std::uint64_t> known_;
  std::deque<std::uint64_t> order_;  // the oldest first
};

}  // namespace ddnn

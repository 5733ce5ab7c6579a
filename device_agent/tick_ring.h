#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/tick.h"
#include "core/nn/feature_map.h"
#include "core/nn/sample.h"

namespace ddnn {

/// What this device has to say of the ticks that are not decided yet: class
/// sums, so that they can be offered again, and feature maps, so that the edge
/// can ask for them. Bounded by ticks and by bytes; at either bound the oldest
/// tick goes.
/// Thread-safety: none.
class TickRing {
 public:
  /// \param max_ticks  >= 1.
  /// \param max_bytes  of maps and sums; the newest tick is kept even if it has
  ///     more.
  TickRing(std::size_t max_ticks, std::size_t max_bytes)
      : max_ticks_(max_ticks), max_bytes_(max_bytes) {}

  /// Keeps a tick, instead of what it had before.
  /// \param maps  one for each of the scores' views.
  void Add(TickScores scores, std::vector<FeatureMap> maps);

  bool HasTick(Tick tick) const;
  /// \return nullptr if there is none; valid until the next change.
  const FeatureMap* Find(const SampleId& sample) const;

  /// Forgets every tick up to and including this one.
  void Forget(Tick decided);
  void Clear();

  std::size_t ticks() const { return entries_.size(); }
  /// \param index  < ticks(), in order of ticks; valid until the next change.
  const TickScores& scores(std::size_t index) const {
    return entries_[index].scores;
  }
  std::size_t bytes() const { return bytes_; }
  /// Ticks that went at a bound, undecided.
  std::uint64_t evicted() const { return evicted_; }

 private:
  struct Entry {
    TickScores scores;
    std::vector<FeatureMap> maps;  // as scores.views
    std::size_t bytes;
  };

  /// Index of the first entry that is not before `tick`.
  std::size_t LowerBound(Tick tick) const;
  void PopFront();

  const std::size_t max_ticks_;
  const std::size_t max_bytes_;
  std::deque<Entry> entries_;  // in order of ticks
  std::size_t bytes_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace ddnn

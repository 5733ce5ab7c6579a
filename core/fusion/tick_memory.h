#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "core/base/tick.h"
#include "core/nn/sample.h"

namespace ddnn {

/// Orders ticks that are less than 2^31 apart.
struct TickOrder {
  bool operator()(Tick a, Tick b) const { return Before(a, b); }
};

/// Which objects of the recent ticks are known, so that a view that comes late
/// is told apart from a sample that nobody has heard of.
///
/// Bounded: the oldest ticks are forgotten first.
/// Thread-safety: none.
class TickMemory {
 public:
  static constexpr std::size_t kMaxTicks = 4096;
  static constexpr std::size_t kMaxObjects = 65536;

  /// \param first  ticks before this one count as forgotten.
  explicit TickMemory(Tick first) : first_(first) {}

  /// What was known of the tick is not known any more.
  bool HasForgotten(Tick tick) const { return Before(tick, first_); }

  /// Adds objects to what is known of a tick.
  /// \return those that were not known until then, in order; none if the tick
  ///     is forgotten.
  std::vector<ObjectNumber> Learn(Tick tick,
                                  const std::vector<ObjectNumber>& objects);

 private:
  void Forget();

  Tick first_;  // the oldest tick that is not forgotten
  std::size_t objects_ = 0;
  std::map<Tick, std::vector<ObjectNumber>, TickOrder> known_;
};

}  // namespace ddnn

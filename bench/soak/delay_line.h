#pragma once

#include <cstddef>
#include <thread>

#include "cli/tier_network.h"
#include "core/base/clock.h"
#include "core/nn/tier.h"

namespace ddnn {

/// A device of a network namespace that gives back, some time later, every
/// IPv4 packet that is sent to it, as if it had come from outside. For packets
/// that came in at an interface and were forwarded here: it has the
/// interface's hardware address.
///
/// Holds kMostFrames frames, and drops what comes beyond. Has a thread of its
/// own. Its end waits for what is still held; then the device goes away.
class DelayLine {
 public:
  static constexpr const char* kDevice = "later";
  static constexpr std::size_t kMostFrames = 10'000;

  /// Call in the edge's namespace.
  /// \param where      the namespace, which has no other DelayLine.
  /// \param interface  there.
  /// \throws CommandError  kExitUnavailable: no TAP device can be made.
  DelayLine(const TierNetwork& network, Tier where, const char* interface,
            milliseconds delay);

 private:
  std::jthread relay_;
};

}  // namespace ddnn

#pragma once

#include <filesystem>
#include <list>
#include <string>
#include <vector>

#include "bench/soak/delay_line.h"
#include "cli/tier_network.h"
#include "core/base/clock.h"
#include "core/nn/tier.h"

namespace ddnn {

/// Hurts the links of a TierNetwork, silently unless TakeDown() says otherwise:
/// nobody is told, as in a real network; packets are gone. Needs root, nft
/// (package nftables), ip and tc (iproute2) and /dev/net/tun.
///
/// A tier's link is the one between the devices or the cloud agents and the
/// edge's namespace; kEdge: between the edge that owns the group and the
/// broker, see Site::kOwnersHost.
/// Thread-safety: none; use from main()'s thread.
class Links {
 public:
  /// \param network  borrowed; outlives this object.
  /// \param folder   for what the tools say.
  Links(const TierNetwork* network, std::filesystem::path folder)
      : network_(*network), folder_(std::move(folder)) {}

  /// \return what this machine has not of that, and whence; empty = all there.
  static std::string Missing();

  /// Packets in both directions. \throws CommandError  kExitUnavailable, as all
  /// that follow.
  void Cut(Tier tier);
  /// The tier's interface; not of kEdge. Whoever sends there is told at once.
  void TakeDown(Tier tier);
  /// What comes to the tier; what it sends passes.
  void Deafen(Tier tier);
  /// In both directions; not of kEdge, as all that follow.
  void Lose(Tier tier, int percent);
  /// What the tier sends passes at this rate at most; what waits for longer
  /// than 400 ms is dropped.
  void Throttle(Tier tier, int kbit_per_s);
  /// Whatever is sent comes `delay` later, in its order, in both directions.
  void Delay(Tier tier, milliseconds delay);
  /// As it was before. Only what was hurt may be mended.
  void Mend(Tier tier);

 private:
  /// What becomes of packets of a tier's link that come in at these ends.
  void Filter(Tier tier, const std::vector<Tier>& ends,
              const std::string& rule);
  void Run(Tier where, std::vector<std::string> command);

  const TierNetwork& network_;
  const std::filesystem::path folder_;
  bool down_ = false;
  bool throttled_ = false;
  std::list<DelayLine> delays_;  // one at either end
};

}  // namespace ddnn

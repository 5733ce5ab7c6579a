#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/nn/tier.h"

namespace ddnn {

/// A network namespace for each tier, joined by two links: devices - edge -
/// cloud. What a link's interfaces carry is what the tiers really cost, all
/// headers, acknowledgements and connections included.
///
/// The edge's namespace has the broker. Large segments are cut as a real
/// Ethernet would (MTU 1500), and IPv6 is silent. Everything goes away with
/// this object; what a killed process left behind goes with the next one.
/// Thread-safety: none.
class TierNetwork {
 public:
  /// \param folder  for what `ip` is told and answers.
  /// \throws CommandError  kExitUnavailable: no right to make namespaces (root
  ///     is needed), or no `ip` (package iproute2).
  explicit TierNetwork(const std::filesystem::path& folder);
  ~TierNetwork();
  TierNetwork(const TierNetwork&) = delete;
  TierNetwork& operator=(const TierNetwork&) = delete;

  /// Moves the calling thread, and what it starts, to a tier's namespace.
  /// \throws CommandError  kExitUnavailable
  void Enter(Tier tier) const;

  /// Where the broker listens; every namespace has a way there.
  static std::string broker_host();

  /// `command` run in a tier's namespace.
  std::vector<std::string> In(Tier tier,
                              std::vector<std::string> command) const;

  /// Sent and received so far by the devices' (the cloud's) interface.
  /// \param tier  kDevice or kCloud.
  /// \throws CommandError  kExitUnavailable
  std::uint64_t InterfaceBytes(Tier tier) const;

 private:
  std::string NameOf(Tier tier) const;
  std::string FileOf(Tier tier) const;
  void DeleteOrphans() const;
  void Configure() const;
  void Delete() const;
  std::string Ip(std::vector<std::string> arguments) const;

  const std::filesystem::path folder_;
  const std::string prefix_;  // of the namespaces' names
};

}  // namespace ddnn

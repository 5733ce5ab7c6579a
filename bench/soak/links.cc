#include "bench/soak/links.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include "bench/soak/site.h"
#include "cli/child_process.h"
#include "cli/command.h"

namespace ddnn {
namespace {

constexpr const char* kIp = "/usr/sbin/ip";
constexpr const char* kNft = "/usr/sbin/nft";
constexpr const char* kTc = "/usr/sbin/tc";
constexpr const char* kTable = "ddnn_faults";
constexpr milliseconds kToolLimit{10'000};
/// The interface of a tier's end of its link, see TierNetwork.
constexpr const char* kUplink = "uplink";

/// The namespaces at the ends of a tier's link.
std::vector<Tier> EndsOf(Tier tier) {
  if (tier == Tier::kEdge) return {tier};
  return {Tier::kEdge, tier};
}

/// The edge's end is called after the tier.
std::string InterfaceAt(Tier where, Tier tier) {
  if (tier == Tier::kEdge) return "lo";
  return where == Tier::kEdge ? std::string(TierName(tier)) : kUplink;
}

}  // namespace

std::string Links::Missing() {
  constexpr std::array<std::array<const char*, 2>, 3> kNeeds{
      {{kNft, "package nftables"},
       {kTc, "package iproute2"},
       {"/dev/net/tun", "kernel module tun"}}};
  for (const auto& [file, source] : kNeeds) {
    if (!std::filesystem::exists(file)) {
      return fmt::format("{} is missing ({})", file, source);
    }
  }
  return "";
}

void Links::Cut(Tier tier) {
  // The broker speaks from kOwnersHost, the edge from 127.0.0.1, and nobody
  // else from such an address.
  Filter(tier, EndsOf(tier),
         tier == Tier::kEdge ? "ip saddr 127.0.0.0/8 drop" : "drop");
}

void Links::TakeDown(Tier tier) {
  down_ = true;
  // The default route goes with the interface, and does not come back with it.
  Run(tier, {"/bin/sh", "-c",
             fmt::format("{0} route show default >{1} && {0} link set {2} down",
                         kIp, (folder_ / "route").string(), kUplink)});
}

void Links::Deafen(Tier tier) {
  Filter(tier, {tier},
         tier == Tier::kEdge
             ? fmt::format("ip saddr {} drop", Site::kOwnersHost)
             : "drop");
}

void Links::Lose(Tier tier, int percent) {
  Filter(tier, EndsOf(tier),
         fmt::format("numgen random mod 100 < {} drop", percent));
}

void Links::Filter(Tier tier, const std::vector<Tier>& ends,
                   const std::string& rule) {
  for (const Tier where : ends) {
    // One transaction: the whole rule or none of it.
    Run(where,
        {kNft, fmt::format("add table netdev {0}; add chain netdev {0} in {{ "
                           "type filter hook ingress device \"{1}\" priority "
                           "0; }}; add rule netdev {0} in {2}",
                           kTable, InterfaceAt(where, tier), rule)});
  }
}

void Links::Delay(Tier tier, milliseconds delay) {
  for (const Tier where : EndsOf(tier)) {
    delays_.emplace_back(network_, where, InterfaceAt(where, tier).c_str(),
                         delay);
  }
  Filter(tier, EndsOf(tier),
         fmt::format("meta protocol ip fwd to \"{}\"", DelayLine::kDevice));
}

void Links::Throttle(Tier tier, int kbit_per_s) {
  throttled_ = true;
  Run(tier,
      {kTc, "qdisc", "add", "dev", kUplink, "root", "tbf", "rate",
       fmt::format("{}kbit", kbit_per_s), "burst", "2kb", "latency", "400ms"});
}

void Links::Mend(Tier tier) {
  if (std::exchange(down_, false)) {
    return Run(tier,
               {"/bin/sh", "-c",
                fmt::format("{0} link set {1} up && {0} route add $(cat {2})",
                            kIp, kUplink, (folder_ / "route").string())});
  }
  if (std::exchange(throttled_, false)) {
    return Run(tier, {kTc, "qdisc", "del", "dev", kUplink, "root"});
  }
  for (const Tier where : EndsOf(tier)) {
    // Added first, since only one end may have it.
    Run(where,
        {kNft,
         fmt::format("add table netdev {0}; delete table netdev {0}", kTable)});
  }
  delays_.clear();
}

void Links::Run(Tier where, std::vector<std::string> command) {
  const std::string what = fmt::format("{}", fmt::join(command, " "));
  const auto log = folder_ / "links.log";
  auto process =
      ChildProcess::Start("links", network_.In(where, std::move(command)), log);
  if (process && process->WaitFor(kToolLimit) && process->exit_code() == 0) {
    return;
  }
  throw CommandError(
      kExitUnavailable,
      fmt::format("`{}` failed: {}", what,
                  process ? process->LastLines(2) : process.message()));
}

}  // namespace ddnn

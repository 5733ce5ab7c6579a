#include "cli/tier_network.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "cli/child_process.h"
#include "cli/command.h"
#include "core/base/file.h"

namespace ddnn {
namespace {

constexpr const char* kIp = "/usr/sbin/ip";
constexpr const char* kNamespaces = "/run/netns";
constexpr std::string_view kPrefix = "ddnn-";  // then the pid
constexpr milliseconds kIpLimit{10000};
constexpr const char* kBrokerHost = "10.77.0.1";
constexpr const char* kUplink = "uplink";  // of devices and cloud, to the edge

CommandError Unavailable(const std::string& what) {
  return {kExitUnavailable,
          "namespaces: " + what +
              "; run it as root, on a kernel with network "
              "namespaces and veth, with the package iproute2"};
}

}  // namespace

TierNetwork::TierNetwork(const std::filesystem::path& folder)
    : folder_(folder), prefix_(fmt::format("{}{}-", kPrefix, ::getpid())) {
  try {
    DeleteOrphans();
    Configure();
  } catch (const CommandError&) {
    Delete();
    throw;
  }
}

TierNetwork::~TierNetwork() { Delete(); }

std::string TierNetwork::broker_host() { return kBrokerHost; }

std::string TierNetwork::NameOf(Tier tier) const {
  return prefix_ + std::string(TierName(tier));
}

std::string TierNetwork::FileOf(Tier tier) const {
  return fmt::format("{}/{}", kNamespaces, NameOf(tier));
}

void TierNetwork::DeleteOrphans() const {
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator(kNamespaces, none)) {
    const std::string name = entry.path().filename().string();
    int pid = 0;
    const bool ours = name.starts_with(kPrefix) &&
                      std::from_chars(name.data() + kPrefix.size(),
                                      name.data() + name.size(), pid)
                              .ec == std::errc();
    if (ours && ::kill(pid, 0) != 0 && errno == ESRCH) {
      Ip({"netns", "del", name});
    }
  }
}

void TierNetwork::Configure() const {
  const std::string edge = NameOf(Tier::kEdge);
  for (const Tier tier : kTiers) Ip({"netns", "add", NameOf(tier)});
  std::string at_edge =
      fmt::format("link set lo up\naddr add {}/32 dev lo\n", kBrokerHost);
  for (const Tier tier : {Tier::kDevice, Tier::kCloud}) {
    const std::string down(TierName(tier));
    const int net = tier == Tier::kDevice ? 1 : 2;
    Ip({"link", "add", kUplink, "netns", NameOf(tier), "type", "veth", "peer",
        "name", down, "netns", edge});
    // One segment a packet, as on a wire; no IPv6 neighbours to look for.
    const std::string link =
        "link set {0} addrgenmode none\nlink set {0} gso_max_segs 1\n"
        "addr add 10.77.{1}.{2}/24 dev {0}\nlink set {0} up\n";
    at_edge += fmt::format(fmt::runtime(link), down, net, 1);
    const auto file = folder_ / (down + ".ip");
    ValueOrThrow(WriteFileAtomically(
                     file, "link set lo up\n" + fmt::format(fmt::runtime(link),
                                                            kUplink, net, 2)),
                 kExitUnavailable);
    Ip({"-n", NameOf(tier), "-batch", file.string()});
  }
  const auto file = folder_ / "edge.ip";
  ValueOrThrow(WriteFileAtomically(file, at_edge), kExitUnavailable);
  Ip({"-n", edge, "-batch", file.string()});
  Ip({"-n", NameOf(Tier::kDevice), "route", "add", "default", "via",
      "10.77.1.1"});
  Ip({"-n", NameOf(Tier::kCloud), "route", "add", "default", "via",
      "10.77.2.1"});
}

void TierNetwork::Delete() const {
  for (const Tier tier : kTiers) {
    if (!std::filesystem::exists(FileOf(tier))) continue;
    try {
      Ip({"netns", "del", NameOf(tier)});
    } catch (const CommandError&) {
      // Nothing more can be done about it.
    }
  }
}

std::string TierNetwork::Ip(std::vector<std::string> arguments) const {
  const auto log = folder_ / "ip.log";
  std::error_code ignored;
  std::filesystem::remove(log, ignored);
  const std::string what = fmt::format("ip {}", fmt::join(arguments, " "));
  arguments.insert(arguments.begin(), kIp);
  auto process = ChildProcess::Start("ip", arguments, log);
  if (!process) throw Unavailable(process.message());
  const bool ended = process->WaitFor(kIpLimit);
  if (!ended || process->exit_code() != 0) {
    throw Unavailable(
        fmt::format("`{}` failed: {}", what, process->LastLines(2)));
  }
  return ReadFile(log).ok() ? ReadFile(log).value() : "";
}

void TierNetwork::Enter(Tier tier) const {
  const std::string file = FileOf(tier);
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool entered = fd >= 0 && ::setns(fd, CLONE_NEWNET) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!entered)
    throw Unavailable(file + ": " + std::generic_category().message(error));
}

std::vector<std::string> TierNetwork::In(
    Tier tier, std::vector<std::string> command) const {
  const std::vector<std::string> prefix{kIp, "netns", "exec", NameOf(tier)};
  command.insert(command.begin(), prefix.begin(), prefix.end());
  return command;
}

std::uint64_t TierNetwork::InterfaceBytes(Tier tier) const {
  const std::string text =
      Ip({"-n", NameOf(tier), "-s", "-j", "link", "show", "dev", kUplink});
  try {
    const auto stats = nlohmann::json::parse(text).at(0).at("stats64");
    return stats.at("rx").at("bytes").get<std::uint64_t>() +
           stats.at("tx").at("bytes").get<std::uint64_t>();
  } catch (const nlohmann::json::exception& e) {
    throw Unavailable(std::string("`ip` says what is not understood: ") +
                      e.what());
  }
}

}  // namespace ddnn

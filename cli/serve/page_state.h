#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/serve/group_page.h"
#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"
#include "core/nn/network.h"
#include "core/wire/json.h"

namespace ddnn {

/// All that the live page can show, gathered from what passes on the bus.
///
/// Pure: no socket, no thread, no clock. Everything is bounded: kMaxGroups
/// groups of at most kMaxDevices devices, kMaxAgents agents; what is beyond or
/// cannot be read is counted in rejected() and changes nothing.
/// Thread-safety: none.
class PageState {
 public:
  static constexpr std::size_t kMaxGroups = 64;
  static constexpr std::size_t kMaxAgents = 512;

  struct Agent {
    AgentState state;
    /// When it came or went; none if that was before the page began.
    std::optional<Instant> since;
  };
  struct NamedAgent {
    std::string_view name;
    const Agent* agent;
  };

  struct Options {
    std::string site = "+";   ///< "+" = all
    std::string group = "+";  ///< "+" = all
    /// Borrowed; null: no scores of single cameras, no thresholds.
    const Network* network = nullptr;
  };

  explicit PageState(Options options) : options_(std::move(options)) {}
  PageState(const PageState&) = delete;
  PageState& operator=(const PageState&) = delete;

  /// Adds what it wants to hear. Call before bus->Start().
  void Subscribe(Bus* bus) const;
  void OnMessage(const BusMessage& message, Instant now);
  void OnBroker(bool connected) { broker_connected_ = connected; }

  bool broker_connected() const { return broker_connected_; }
  std::uint64_t rejected() const { return rejected_; }
  /// Names of all groups, "SITE/GROUP", in order.
  std::vector<std::string> groups() const;
  /// \param name  "SITE/GROUP", from anyone.
  /// \return null if there is none.
  const GroupPage* group(std::string_view name) const;
  /// Agents of a group, and its site's cloud agents: devices in order, then
  /// edges, then the cloud's.
  std::vector<NamedAgent> AgentsOf(std::string_view group) const;
  /// Who stands for a device: of several, one that is there, then the one that
  /// started last. The agent is null if nobody ever did.
  static NamedAgent DeviceOf(const std::vector<NamedAgent>& agents, int device);

 private:
  bool Take(const ParsedTopic& topic, const BusMessage& message, Instant now);
  bool OnState(const ParsedTopic& topic, const BusMessage& message,
               Instant now);
  bool OnGroup(const ParsedTopic& topic, const BusMessage& message,
               Instant now);
  /// Forgets the groups that no agent belongs to.
  void DropDeserted();
  /// \return null if there are too many.
  GroupPage* MakeGroup(std::string_view site, std::string_view group);
  /// The device's index, if the agent is one of this group's; else -1.
  int DeviceIndex(const ParsedTopic& topic) const;

  const Options options_;
  bool broker_connected_ = false;
  std::map<std::string, std::unique_ptr<GroupPage>, std::less<>> groups_;
  std::map<std::string, Agent, std::less<>> agents_;  // by "SITE/AGENT"
  std::uint64_t rejected_ = 0;
};

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "cli/audit/heard_event.h"
#include "core/bus/bus.h"
#include "core/bus/topics.h"

namespace ddnn {

/// Turns what passes of one group into events, without its bundle.
/// Thread-safety: none.
class GroupEar {
 public:
  /// Ids, not patterns.
  GroupEar(std::string site, std::string group)
      : site_(std::move(site)), group_(std::move(group)) {}

  /// Adds what it wants to hear. Call before bus->Start().
  void Subscribe(Bus* bus) const;

  /// \return nothing if the message says nothing of samples, or means nothing
  ///     (then it is counted). Results are understood, and scores taken apart,
  ///     once the group's configuration was heard.
  std::optional<HeardEvent> Hear(const BusMessage& message);

  /// Messages that were not what their topic promises.
  std::uint64_t rejected() const { return rejected_; }
  /// The group's, once heard.
  const std::optional<GroupConfig>& config() const { return config_; }
  /// Who leads the group, by the last lease heard; empty = not known.
  const std::string& leader() const { return leader_; }
  /// Agents of the site whose last word was that they are there.
  const std::map<std::string, AgentState, std::less<>>& online() const {
    return online_;
  }

 private:
  std::optional<HeardEvent> HearBinary(const ParsedTopic& topic,
                                       const BusMessage& message);
  std::optional<HeardEvent> HearEnd(const ParsedTopic& topic,
                                    const BusMessage& message);
  void HearState(const ParsedTopic& topic, const BusMessage& message);
  std::optional<HeardEvent> Reject() {
    ++rejected_;
    return std::nullopt;
  }

  const std::string site_;
  const std::string group_;
  std::optional<GroupConfig> config_;
  std::string leader_;
  std::map<std::string, AgentState, std::less<>> online_;
  std::map<std::string, int, std::less<>> devices_;  // by agent, ever heard of
  std::uint64_t rejected_ = 0;
};

}  // namespace ddnn

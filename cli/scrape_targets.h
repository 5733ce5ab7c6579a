#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// One /metrics page for Prometheus to read.
struct ScrapeTarget {
  std::string address;  ///< HOST:PORT
  /// Label by label, e.g. site, group, agent, tier, device.
  std::map<std::string, std::string> labels;

  bool operator==(const ScrapeTarget&) const = default;
};

/// The targets as a file for Prometheus's file_sd_configs, one a line.
std::string ToFileSd(const std::vector<ScrapeTarget>& targets);
/// \return what ToFileSd() wrote; of anything else, what can be understood.
std::vector<ScrapeTarget> ParseFileSd(std::string_view text);

/// Knows from the agents' retained states whom Prometheus should scrape.
///
/// An agent that is gone stays a target, so that Prometheus shows it as down,
/// until its state is deleted. One that never told an address is none.
/// Thread-safety: none.
class ScrapeTargets {
 public:
  /// Further agents are left out, see Problems().
  static constexpr std::size_t kMaxAgents = 10'000;

  /// \param remembered  the targets of an earlier run: the state of an agent
  ///     that is gone tells no address.
  explicit ScrapeTargets(const std::vector<ScrapeTarget>& remembered = {});

  /// Takes a message; what is no agent's state is counted.
  void OnMessage(const BusMessage& message);
  /// Drops the remembered agents that no state has confirmed: theirs were
  /// deleted meanwhile. Call when all retained states have come.
  void ForgetUnconfirmed();

  /// In order of sites and agents. Nobody can scrape an address that stands for
  /// all of a machine's: it is left out, see Problems(). Of agents that say
  /// they are there at one address the first is believed, and none if it is
  /// loopback, which may be that of several machines. An address that an agent
  /// took over from one that is gone is its own.
  std::vector<ScrapeTarget> Targets() const;
  /// Who is left out, why, and the remedy; one a line, for people.
  std::vector<std::string> Problems() const;

  /// Messages that were not understood.
  std::uint64_t rejected() const { return rejected_; }

 private:
  struct Agent {
    bool online = false;
    bool confirmed = false;
    std::uint64_t came = 0;  // to this address: a number in order
    ScrapeTarget target;
  };
  /// Calls visit(target, problem) for each agent with an address; an empty
  /// problem says that it can be scraped.
  template <typename Visitor>
  void ForEach(Visitor visit) const;

  std::map<std::pair<std::string, std::string>, Agent> agents_;  // site, agent
  std::uint64_t comings_ = 0;
  bool full_ = false;  // further agents were left out
  std::uint64_t rejected_ = 0;
};

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/mqtt_config.h"
#include "core/bus/topics.h"

namespace ddnn {

struct WatchOptions {
  MqttConfig mqtt;
  std::string site = "+";   ///< "+" = all
  std::string group = "+";  ///< "+" = all
  bool json = false;        ///< one object a line, see cli/recording.h
};

/// Turns what passes on the bus into lines for people or for programs.
/// Thread-safety: none.
class WatchPrinter {
 public:
  explicit WatchPrinter(const WatchOptions& options) : options_(options) {}

  /// Adds what it wants to hear. Call before bus->Start().
  void Subscribe(Bus* bus) const;

  /// \return the lines to print; empty if the message calls for none, or if
  ///     it is not what its topic promises (then it is counted).
  std::string OnMessage(const BusMessage& message, Instant now);

  std::uint64_t rejected() const { return rejected_; }

 private:
  std::string AsText(const ParsedTopic& topic, const BusMessage& message);
  std::string ResultText(const ParsedTopic& topic, const std::string& payload);
  std::string LossText(const ParsedTopic& topic, const std::string& payload);
  std::string StateText(const ParsedTopic& topic, const BusMessage& message);
  /// Counts it.
  std::string Rejected();

  const WatchOptions options_;
  /// By "site/group", from the group's retained configuration. Bounded: see
  /// the source.
  std::map<std::string, std::vector<std::string>> classes_;
  std::uint64_t rejected_ = 0;
};

/// `ddnn watch`: prints until SIGINT, SIGTERM or SIGHUP, or until nobody reads
/// it any more.
/// \return kExitOk, or kExitRefused if the broker refuses us for good.
/// \throws CommandError  kExitUnavailable: standard output cannot be written.
/// \throws ConfigError  a URL or file that cannot be used.
int RunWatch(const WatchOptions& options);

}  // namespace ddnn

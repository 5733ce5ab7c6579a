#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/bus/bus.h"
#include "core/bus/inbox.h"
#include "core/bus/mqtt_config.h"

namespace ddnn {

/// A command's ear at a broker: stamps what comes, and keeps it until the
/// command takes it.
///
/// Bounded to 65536 messages and to InboxBounds::kMaxBytes: what does not fit
/// is dropped and counted. News of the connection always fits. Thread-safety:
/// use it from one thread; a thread of the bus fills it.
class Subscriber {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Starts the bus.
  /// \param bus        not started yet; stopped by the destructor.
  /// \param clock      stamps the events; borrowed.
  /// \param subscribe  tells the bus what to hear.
  Subscriber(std::unique_ptr<Bus> bus, const Clock& clock,
             const std::function<void(Bus*)>& subscribe);
  ~Subscriber() { bus_->Stop(); }
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Waits for an event, 100 ms at most, so that the caller sees signals in
  /// time; not at all if `deadline` is past.
  /// \return nothing if none came.
  std::optional<Arrival> Next(TimePoint deadline = TimePoint::max());
  /// Messages that did not fit.
  std::uint64_t dropped() const { return inbox_.dropped(); }
  /// To publish, or to stop it early: what has come can still be taken.
  Bus& bus() { return *bus_; }

 private:
  Inbox inbox_{65'536};
  const std::unique_ptr<Bus> bus_;  // last: it fills the inbox
};

/// The bus of `ddnn COMMAND`; its id at the broker is "COMMAND-PID".
/// \throws ConfigError  as MakePahoBus().
std::unique_ptr<Bus> MakeCommandBus(const std::string& command,
                                    const MqttConfig& mqtt);

/// For people: "ddnn COMMAND: REASON", and whether it is tried again; a line.
std::string DisconnectedText(const std::string& command,
                             const BusDisconnected& lost);

/// For people: how many messages were not understood, and how many came too
/// fast; a line, empty if there were none.
std::string MissedText(const std::string& command, std::uint64_t rejected,
                       std::uint64_t dropped);

}  // namespace ddnn

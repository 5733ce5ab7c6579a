#pragma once

#include <chrono>
#include <string>

namespace ddnn {

/// What an agent tells systemd, where that started it with Type=notify; does
/// nothing elsewhere.
///
/// An agent is ready once its threads run, its configuration, bundle, camera
/// and ports being good; the broker may come later. systemd would end a service
/// that waits for it beyond TimeoutStartSec=, and units ordered after an agent
/// could not start while the network is away, though each of them can wait by
/// itself. What it waits for stands in its status.
///
/// With WatchdogSec= its working thread must go on, or systemd ends the agent
/// and starts it anew: give it 3 s at least.
/// Thread-safety: Beat() from one thread, the others from any.
class Service {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Reads what systemd has put into the environment.
  Service();

  /// The agent works.
  /// \param status  as for Say().
  void Ready(const std::string& status) const;
  /// What it is about, for `systemctl status`: one line.
  void Say(const std::string& status) const;
  /// The agent says goodbye.
  void Stopping() const;

  /// The working thread is alive: call it at least every second. Tells systemd
  /// no more often than it needs to know.
  void Beat(TimePoint now);

 private:
  std::chrono::microseconds period_{0};  // of what Beat() tells; 0 = nothing
  TimePoint next_{};
};

}  // namespace ddnn

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

namespace ddnn {

/// A Mosquitto of the test's own on a free loopback port, with the project's
/// broker/mosquitto.conf. It ends with this object, or with the test's process.
///
/// Members throw std::runtime_error where the broker cannot be started.
class Mosquitto {
 public:
  /// Starts it, and waits until it takes connections.
  /// \param settings  its listeners, {port} standing for the free port; the
  ///     project's file follows, as broker/README.md says.
  explicit Mosquitto(std::string settings =
                         "listener {port} 127.0.0.1\n"
                         "allow_anonymous true");
  ~Mosquitto();
  Mosquitto(const Mosquitto&) = delete;
  Mosquitto& operator=(const Mosquitto&) = delete;

  /// Ends it, and waits for that; it keeps its port. It forgets all messages,
  /// since it stores none.
  void Stop();
  /// Starts it again after Stop(), on the same port.
  void Start();

  /// It takes connections and data from now on, but answers nothing.
  void Freeze() const;

  std::uint16_t port() const { return port_; }
  std::string url() const;
  /// What it has logged.
  std::string Log() const;

 private:
  bool WaitUntilReady() const;
  void Launch();

  std::string settings_;
  TempFolder folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

/// A loopback port that nobody listens on at the moment.
std::uint16_t FreePort();

/// The project's folder of broker files.
std::filesystem::path BrokerFolder();

}  // namespace ddnn

#pragma once

#include <stdlib.h>
#include <sys/wait.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "core/bus/mqtt_config.h"
#include "tests/support/mosquitto.h"
#include "tests/support/temp_folder.h"

namespace ddnn {

/// A folder that broker/provision.sh fills.
class Provision {
 public:
  /// Runs the script. \return its exit code.
  int Run(const std::string& command, const std::string& rest = "") const {
    const std::string line =
        "sh '" + (BrokerFolder() / "provision.sh").string() + "' " + command +
        " '" + folder_.path().string() + "' " + rest + " 2>/dev/null";
    return WEXITSTATUS(
        ::system(line.c_str()));  // NOLINT(concurrency-mt-unsafe)
  }

  std::filesystem::path operator/(const std::filesystem::path& name) const {
    return folder_ / name;
  }

  /// An agent's way to a broker on a loopback port, by what the script made.
  MqttConfig ConfigOf(const std::string& agent, std::uint16_t port) const {
    MqttConfig config;
    config.url = "mqtts://127.0.0.1:" + std::to_string(port);
    config.user = agent;
    config.password_file = folder_ / agent / "password";
    config.ca_file = folder_ / agent / "ca.crt";
    config.cert_file = folder_ / agent / "agent.crt";
    config.key_file = folder_ / agent / "agent.key";
    return config;
  }

 private:
  TempFolder folder_;
};

inline std::string TextOf(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// `text` with every `what` replaced.
inline std::string Replaced(std::string text, const std::string& what,
                            const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos;
       at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// A site's broker that runs with what provision.sh has made: TLS and logins on
/// its port().
/// \param plain_port  of its listener for this machine, without logins.
inline std::unique_ptr<Mosquitto> StartSite(const Provision& made,
                                            std::uint16_t plain_port) {
  std::string site = TextOf(made / "site.conf");
  site = Replaced(site, "listener 8883", "listener {port} 127.0.0.1");
  site =
      Replaced(site, "listener 1883", "listener " + std::to_string(plain_port));
  return std::make_unique<Mosquitto>(site);
}

}  // namespace ddnn

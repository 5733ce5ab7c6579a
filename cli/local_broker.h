#pragma once

#include <filesystem>
#include <string>

#include "cli/child_process.h"

namespace ddnn {

/// A Mosquitto of our own, heard on one port of one address only.
struct LocalBroker {
  ChildProcess process;
  std::string url;  ///< "mqtt://HOST:PORT"
};

struct BrokerOptions {
  std::string host = "127.0.0.1";  ///< an IPv4 address of this machine
  bool topic_aliases = true;
};

/// Starts it on a free port, and waits until it takes connections.
///
/// \param settings  the project's Mosquitto file, without listeners.
/// \param folder    gets the file it runs with and its log.
/// \throws CommandError  kExitUnavailable: not installed, or it does not start.
LocalBroker StartBroker(const std::filesystem::path& settings,
                        const std::filesystem::path& folder,
                        const BrokerOptions& options = {});

}  // namespace ddnn

#pragma once

#include <filesystem>
#include <string>

#include "core/bus/mqtt_config.h"

namespace ddnn {

struct ServeOptions {
  MqttConfig mqtt;
  std::string site = "+";   ///< "+" = all
  std::string group = "+";  ///< "+" = all
  std::string listen = "127.0.0.1:8080";
  std::string allow_host;        ///< see IsOwnHost(); empty = none
  std::filesystem::path bundle;  ///< empty = none: no scores of single cameras
};

/// `ddnn serve`: the live page, until SIGINT or SIGTERM.
/// \return kExitOk, or kExitRefused if the broker refuses us for good.
/// \throws ConfigError   a URL, id, file or address that cannot be used.
/// \throws CommandError  kExitData: the bundle; kExitUnavailable: it cannot
///     listen there.
int RunServe(const ServeOptions& options);

}  // namespace ddnn

#pragma once

#include <filesystem>

#include "core/bus/mqtt_config.h"

namespace ddnn {

struct TargetsOptions {
  MqttConfig mqtt;
  std::filesystem::path out;  ///< the file for Prometheus
  bool once = false;          ///< write it and end
};

/// `ddnn targets`: keeps the list of what Prometheus should scrape current, of
/// all sites of a broker, until SIGINT, SIGTERM or SIGHUP.
///
/// The file changes in one step, and only when there is something new. What is
/// left out of it is named on standard error.
/// \return kExitOk; kExitRefused if the broker refuses us for good.
/// \throws CommandError  kExitUnavailable: the file cannot be written, or with
///     `once` the broker does not answer.
/// \throws ConfigError  a URL or file that cannot be used.
int RunTargets(const TargetsOptions& options);

}  // namespace ddnn

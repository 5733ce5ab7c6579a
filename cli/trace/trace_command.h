#pragma once

#include <filesystem>
#include <string>

#include "core/bus/mqtt_config.h"

namespace ddnn {

struct TraceOptions {
  std::string sample;  ///< "<tick>-<object>" or "next"
  std::string exit;    ///< of the next one: "local", "edge", "cloud"
  std::string broker;  ///< mqtt://HOST:PORT, or
  MqttConfig mqtt;     ///< how to log in there; its URL is not read
  std::filesystem::path recording;  ///< a recorded stream
  std::filesystem::path bundle;     ///< tells T; may be empty
  std::string site = "+";
  std::string group = "+";
  double timeout_s = 10;
};

/// `ddnn trace`: prints one sample's way with times, from what passes or from a
/// recording.
/// \return kExitOk; kExitRefused: the broker refuses us for good; kExitOk too
///     if a signal ends the wait.
/// \throws CommandError  kExitUsage: options; kExitData: a file cannot be
///     used, or the recording has no such sample; kExitUnavailable: none came
///     in time, or the broker does not answer.
/// \throws ConfigError  a URL or file that cannot be used.
int RunTrace(const TraceOptions& options);

}  // namespace ddnn

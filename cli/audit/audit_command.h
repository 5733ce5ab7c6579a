#pragma once

#include <filesystem>
#include <string>

#include "core/bus/mqtt_config.h"

namespace ddnn {

struct AuditCommandOptions {
  MqttConfig mqtt;
  std::string site;
  std::string group;
  double seconds = 0;  ///< 0 = until a signal
  int grace_ms = 3000;
  std::filesystem::path json;  ///< empty = none
};

/// `ddnn audit`: listens to a group, prints how many samples were accounted
/// for, now and then and at the end.
/// \return kExitOk; 1: a sample is unaccounted for, or an event was one too
///     many; kExitRefused: the broker refuses us for good.
/// \throws CommandError  kExitUsage: the folder of `json` does not exist;
///     kExitUnavailable: nothing was heard of such a group.
/// \throws ConfigError  a URL or file that cannot be used.
int RunAudit(const AuditCommandOptions& options);

}  // namespace ddnn

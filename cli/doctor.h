#pragma once

#include <filesystem>
#include <string>

#include "cli/diagnosis.h"
#include "core/bus/mqtt_config.h"
#include "core/nn/tree.h"
#include "core/vision/source_config.h"

namespace ddnn {

struct DoctorOptions {
  std::filesystem::path config;  ///< of an agent
  bool json = false;
};

/// What a configuration says that every kind of agent understands.
struct AgentProfile {
  Tier tier = Tier::kCloud;
  std::string site;
  std::string group;  ///< empty: a cloud agent
  std::string agent;
  PlaceConfig part;
  MqttConfig mqtt;
  SourceConfig source;
};

/// Reads the keys that agents have in common, and leaves the others alone. A
/// file with a source is a device agent's, one with `group` alone an edge
/// agent's, any other a cloud agent's.
/// \throws ConfigError
AgentProfile ReadProfile(const std::filesystem::path& config);

/// The clock beside the broker's: a warning beyond 50 ms, a fault beyond 250,
/// half of the default deadline for scores.
Finding JudgeClock(double seconds_ahead, double error_s);

/// `ddnn doctor`: looks at all that an agent needs, without being in the way
/// of one that runs.
/// \return kExitOk, or the code of the first fault, by core/base/exit_code.h.
int RunDoctor(const DoctorOptions& options);

}  // namespace ddnn

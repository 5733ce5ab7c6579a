#pragma once

#include <sys/types.h>

#include <optional>

#include "cli/diagnosis.h"
#include "cli/doctor.h"
#include "core/nn/tree.h"

namespace ddnn {

/// The way to the broker, the login, its rights, and what the others there say.
/// Adds the findings `broker`, `login`, `rights` and, of devices and edges,
/// `group`. Precondition: CheckMqttConfig(profile.mqtt) holds.
/// \param placement   compared with that of the group's edge; none: it is not.
/// \param running  the agent's process: a second login might throw it out, so
///     the broker is only reached.
/// \return whether the broker was reached.
bool CheckBroker(const AgentProfile& profile,
                 const std::optional<Placement>& placement,
                 std::optional<pid_t> running, Diagnosis* diagnosis);

}  // namespace ddnn

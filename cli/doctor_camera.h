#pragma once

#include <sys/types.h>

#include <optional>

#include "cli/diagnosis.h"
#include "cli/doctor.h"
#include "core/nn/tree.h"

namespace ddnn {

/// Whether the source opens, delivers images, and fits region and bundle.
/// \param placement   none: only what does not need it.
/// Precondition: CheckSourceConfig(profile.source) holds.
/// \param running  the agent's process: a camera that it holds is left alone.
Finding CheckCamera(const AgentProfile& profile,
                    const std::optional<Placement>& placement,
                    std::optional<pid_t> running);

}  // namespace ddnn

#pragma once

#include <sys/types.h>

#include <optional>

#include "cli/diagnosis.h"
#include "cli/doctor.h"
#include "core/nn/bundle.h"

namespace ddnn {

/// Whether the source opens, delivers images, and fits region and bundle.
/// \param bundle   none: only what does not need it.
/// Precondition: CheckSourceConfig(profile.source) holds.
/// \param running  the agent's process: a camera that it holds is left alone.
Finding CheckCamera(const AgentProfile& profile,
                    const std::optional<Bundle>& bundle,
                    std::optional<pid_t> running);

}  // namespace ddnn

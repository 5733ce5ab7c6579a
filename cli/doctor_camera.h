#pragma once

#include <optional>

#include "cli/diagnosis.h"
#include "cli/doctor.h"
#include "core/nn/bundle.h"

namespace ddnn {

/// Whether the source opens, delivers images, and fits region and bundle.
/// \param bundle   none: only what does not need it.
/// \param is_used  the agent runs: a camera that it holds is left alone.
Finding CheckCamera(const AgentProfile& profile,
                    const std::optional<Bundle>& bundle, bool is_used);

}  // namespace ddnn

#pragma once

#include <optional>

#include "cli/diagnosis.h"
#include "cli/doctor.h"
#include "core/nn/bundle.h"

namespace ddnn {

/// The way to the broker, the login, its rights, and what the others there say.
/// Adds the findings `broker`, `login`, `rights` and, of devices and edges,
/// `group`.
/// \param bundle  compared with that of the group's edge; none: it is not.
/// \return whether the agent runs at this moment, as far as is known.
bool CheckBroker(const AgentProfile& profile,
                 const std::optional<Bundle>& bundle, Diagnosis* diagnosis);

}  // namespace ddnn

#pragma once

#include <optional>
#include <vector>

#include "core/nn/network.h"

namespace ddnn {

/// What each exit says of one sample, wherever it would really leave.
///
/// \param devices  a device's output each; nothing = it does not see the
///     sample. One at least does.
/// \return one decision an exit, in the order of Bundle::exits.
std::vector<Decision> AskEveryExit(
    const Network& network,
    const std::vector<std::optional<NodeOutput>>& devices);

}  // namespace ddnn

#pragma once

#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/nn/network.h"

namespace ddnn {

/// By node; nothing where no device below it sees the sample.
using NodeOutputs = std::vector<std::optional<NodeOutput>>;

/// Runs every section above the devices, whatever an earlier exit would say.
/// \param devices  by device.
/// \return by node of the bundle; kBadShape if a map does not fit.
Result<NodeOutputs> RunTree(const Network& network, NodeOutputs devices);

}  // namespace ddnn

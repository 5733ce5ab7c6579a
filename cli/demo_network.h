#pragma once

#include <filesystem>
#include <string>

#include "cli/demo.h"
#include "core/nn/tree.h"

namespace ddnn {

/// Fills in what the user left open, see DemoOptions.
/// \throws CommandError  kExitUsage: options that contradict each other.
DemoOptions WithDefaults(DemoOptions options);

/// What a demo runs.
struct DemoNetwork {
  Bundle bundle;
  Tree tree;
};

/// Reads the bundle, with the thresholds asked for, and the tree: from its
/// file, or made for the hierarchy. \param options  with defaults. \throws
/// CommandError  kExitUsage: `hierarchy`, `thresholds` or `offload`
///     contradict bundle or tree; kExitData: a file cannot be read, or the two
///     do not fit.
DemoNetwork LoadDemoNetwork(const DemoOptions& options);

}  // namespace ddnn

#pragma once

#include <string>

#include "core/nn/tree.h"

namespace ddnn {

/// What `--offload` says.
struct OffloadOption {
  Offload offload = Offload::kNone;
  int jpeg_quality = 90;
};

/// \param text  "raw", "jpeg" or "jpeg:QUALITY".
/// \param bundle  the one that the cloud would run.
/// \throws CommandError  kExitUsage: no such offload, or the bundle has an edge
///     section, which no offload runs.
OffloadOption ParseOffload(const std::string& text, const Bundle& bundle);

}  // namespace ddnn

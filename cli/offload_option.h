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
/// \throws CommandError  kExitUsage
OffloadOption ParseOffload(const std::string& text);

}  // namespace ddnn

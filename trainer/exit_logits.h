#pragma once

#include <vector>

#include "core/nn/tier.h"

namespace ddnn {

/// Class scores of every exit for some rows: logits[exit][row][class].
struct ExitLogits {
  std::vector<Tier> tiers;  ///< device (the local exit), edge if any, cloud
  std::vector<std::vector<std::vector<float>>> logits;

  int rows() const { return static_cast<int>(logits.front().size()); }
};

}  // namespace ddnn

#pragma once

#include <variant>

#include "core/base/tick.h"
#include "core/nn/sample.h"
#include "core/wire/json.h"
#include "core/wire/mention.h"

namespace ddnn {

/// A device's scores or views passed, first-hand or relayed.
struct HeardScores {
  int device = -1;  ///< its index in the group; -1 = not known
  Mention mention;
};

/// The edge has decided every tick up to this one.
struct HeardWatermark {
  Tick tick = 0;
};

/// What a subscriber hears of a group.
using HeardEvent = std::variant<GroupConfig, HeardScores, SampleResult,
                                SampleLoss, TicksUnheard, HeardWatermark>;

}  // namespace ddnn

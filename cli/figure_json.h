#pragma once

#include <nlohmann/json.hpp>

#include "cli/summary.h"

namespace ddnn {

/// Figures as all JSON of this program has them; null = unknown.
nlohmann::ordered_json ToJsonValue(const Figure& figure);
nlohmann::ordered_json ToJsonValue(const Percentiles& percentiles);

}  // namespace ddnn

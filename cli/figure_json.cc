#include "cli/figure_json.h"

namespace ddnn {

using Json = nlohmann::ordered_json;

Json ToJsonValue(const Figure& figure) {
  return figure ? Json(*figure) : Json(nullptr);
}

Json ToJsonValue(const Percentiles& percentiles) {
  return {{"p50", ToJsonValue(percentiles.p50)},
          {"p95", ToJsonValue(percentiles.p95)},
          {"p99", ToJsonValue(percentiles.p99)}};
}

}  // namespace ddnn

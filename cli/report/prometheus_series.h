#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace ddnn {

/// One time series of a Prometheus range query.
struct Series {
  struct Sample {
    double time_s = 0;  ///< since 1970
    double value = 0;   ///< never NaN
  };
  std::map<std::string, std::string> labels;
  std::vector<Sample> samples;  ///< in order of time

  /// A label's value; empty if there is none.
  const std::string& Label(const std::string& name) const;
};

/// Reads what Prometheus's query_range answers.
/// \return kRefused with Prometheus's own words if it says that the query
///     failed; kMalformed, kOversized if it is no such answer.
Result<std::vector<Series>> ParseRangeAnswer(std::string_view json);

}  // namespace ddnn

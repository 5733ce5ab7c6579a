#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/report/figures.h"
#include "cli/report/prometheus_series.h"
#include "core/base/result.h"

namespace ddnn {

/// A metric that a report reads, and the PromQL for it.
struct ReportMetric {
  const char* name;
  const char* query;
  bool needed;  ///< a note says so where a Prometheus does not know it
};
/// Every metric of a report.
const std::vector<ReportMetric>& ReportMetrics();

/// What a Prometheus knows, by the metrics' names, of a range of time.
struct ScrapedRange {
  double from_s = 0;  ///< since 1970
  double to_s = 0;
  double step_s = 1;
  std::map<std::string, std::vector<Series>> metrics;
};

/// The figures of one group's run.
///
/// Counts are differences of the counters themselves, not PromQL's increase(),
/// which extrapolates: so the exits sum to the samples. A counter that falls
/// has started anew; one of a process that started within the range counts
/// from 0.
/// \param site, group  whose run; empty = the only one there.
/// \return kNotFound: it knows no group that fits; kRefused: several.
Result<RunFigures> FiguresOf(const ScrapedRange& range, const std::string& site,
                             const std::string& group);

}  // namespace ddnn

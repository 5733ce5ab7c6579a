#pragma once

#include <string>

#include "cli/report/figures.h"

namespace ddnn {

/// The pictures of a report, as inline SVG; empty where there is nothing to
/// show. Their colours are the page's (page_style.h), classes `o-<outcome>`.

/// How many samples ended how, stretch by stretch.
std::string ExitsChart(const RunFigures& run);
/// Share of right answers, stretch by stretch, and over all.
std::string AccuracyChart(const RunFigures& run);
/// Bytes per device-sample beside what other ways of working would take.
std::string BytesChart(const RunFigures& run);
/// How long samples took, by how they ended; percentiles.
std::string LatencyChart(const RunFigures& run);
/// When each agent was there.
std::string AvailabilityChart(const RunFigures& run);
/// What samples were, against what was answered.
std::string ConfusionChart(const RunFigures& run);

}  // namespace ddnn

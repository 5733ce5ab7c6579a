#pragma once

#include <string>

#include "cli/report/figures.h"

namespace ddnn {

/// The report: one page of HTML that needs nothing else, neither files nor a
/// network nor a script; light or dark as its reader's screen, and for paper.
/// The figures are in it for programs too, as the JSON of its element
/// `figures`.
/// \param made_s  when it is made, seconds since 1970.
std::string ReportPage(const RunFigures& run, double made_s);

}  // namespace ddnn

#pragma once

#include <string>
#include <vector>

#include "cli/report/scale.h"
#include "cli/report/svg.h"

namespace ddnn {

/// Where a chart over two axes is drawn, and its axes. Room is left for texts
/// that a narrow screen shows larger (page_style.h).
struct PlotArea {
  static constexpr double kWidth = 560;
  static constexpr double kHeight = 262;

  double left = 72;
  double top = 30;
  double right = 530;
  double bottom = 226;
  double x_high = 1;
  double y_low = 0;
  double y_high = 1;

  double X(double x) const { return left + (right - left) * x / x_high; }
  double Y(double y) const {
    return bottom - (bottom - top) * (y - y_low) / (y_high - y_low);
  }

  /// A horizontal line for a tick, with its label.
  void YTick(Svg* svg, double y, const std::string& label) const {
    svg->Line({left, Y(y)}, {right, Y(y)}, y == y_low ? "axis" : "tick");
    svg->Text({left - 8, Y(y) + 4}, label, "end");
  }
  /// What the y axis counts, above it.
  void YUnit(Svg* svg, const std::string& unit) const {
    svg->Text({left, top - 14}, unit, "end");
  }
  /// Labels below; x in seconds since the run's start.
  void TimeAxis(Svg* svg) const {
    for (const double tick : TimeTicks(x_high, 5)) {
      svg->Line({X(tick), bottom}, {X(tick), bottom + 5}, "axis");
      const bool at_end = X(tick) > right - 14;
      svg->Text({at_end ? right : X(tick), bottom + 22}, TimeLabel(tick),
                tick == 0 ? "start"
                : at_end  ? "end"
                          : "middle");
    }
  }
};

}  // namespace ddnn

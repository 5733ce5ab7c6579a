// The charts over time: exits, accuracy, availability.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "cli/report/charts.h"
#include "cli/report/plot_area.h"

namespace ddnn {
namespace {

using Presence = RunFigures::Presence;

/// Points of the accuracy curve at most: fewer samples a point would jump.
constexpr std::size_t kAccuracyPoints = 24;

std::int64_t Total(const RunFigures::Interval& interval) {
  std::int64_t total = 0;
  for (const std::int64_t count : interval.outcomes) total += count;
  return total;
}

/// "12 s to 14 s".
std::string Stretch(double from_s, double to_s) {
  return fmt::format("{:.1f} s to {:.1f} s", from_s, to_s);
}

/// Of the time axis.
double LengthOf(const RunFigures& run) {
  return run.seconds > 0 ? run.seconds : 1e-3;
}

struct AccuracyPoint {
  double from_s = 0;
  double to_s = 0;
  Tally right;
};

std::vector<AccuracyPoint> AccuracyPoints(const RunFigures& run) {
  const std::size_t step =
      (run.intervals.size() + kAccuracyPoints - 1) / kAccuracyPoints;
  std::vector<AccuracyPoint> points;
  for (std::size_t i = 0; i < run.intervals.size(); i += step) {
    RunFigures::Interval sum;
    const std::size_t end = std::min(i + step, run.intervals.size());
    for (std::size_t k = i; k < end; ++k) sum += run.intervals[k];
    if (sum.right.total == 0) continue;
    points.push_back({run.interval_s * static_cast<double>(i),
                      run.interval_s * static_cast<double>(end), sum.right});
  }
  return points;
}

std::string_view Css(Presence presence) {
  switch (presence) {
    case Presence::kThere:
      return "p-there";
    case Presence::kCameraDown:
      return "p-camera";
    case Presence::kGone:
      break;
  }
  return "p-gone";
}

std::string_view Words(Presence presence) {
  switch (presence) {
    case Presence::kThere:
      return "there";
    case Presence::kCameraDown:
      return "camera down";
    case Presence::kGone:
      break;
  }
  return "gone";
}

}  // namespace

std::string ExitsChart(const RunFigures& run) {
  if (run.samples() == 0) return {};
  std::int64_t highest = 0;
  for (const auto& interval : run.intervals) {
    highest = std::max(highest, Total(interval));
  }
  const auto ticks = RoundTicks(static_cast<double>(highest), 4);
  PlotArea area;
  area.x_high = LengthOf(run);
  area.y_high = ticks.back();
  Svg svg(PlotArea::kWidth, PlotArea::kHeight, "Samples by exit over time");
  for (const double tick : ticks) area.YTick(&svg, tick, ShortCount(tick));
  area.YUnit(&svg, "samples");
  const double gap = std::min(1.0, (area.X(run.interval_s) - area.left) / 6);
  for (std::size_t i = 0; i < run.intervals.size(); ++i) {
    const double from_s = run.interval_s * static_cast<double>(i);
    const double x = area.X(from_s);
    // The last interval may be longer than the run.
    const double width =
        std::min(area.X(from_s + run.interval_s), area.right) - x;
    double y = area.bottom;
    for (const Outcome outcome : kOutcomes) {
      const std::int64_t count = At(run.intervals[i].outcomes, outcome);
      if (count == 0) continue;
      const double height = area.bottom - area.Y(static_cast<double>(count));
      y -= height;
      svg.Rect(
          {area.X(from_s) + gap / 2, y, width - gap, height},
          fmt::format("o-{}", Name(outcome)),
          fmt::format("{}: {} {}", Stretch(from_s, from_s + run.interval_s),
                      count, Name(outcome)));
    }
  }
  area.TimeAxis(&svg);
  return svg.Finish();
}

std::string AccuracyChart(const RunFigures& run) {
  const auto overall = run.right.accuracy();
  if (!overall) return {};
  const auto points = AccuracyPoints(run);
  double lowest = *overall;
  for (const auto& point : points) {
    lowest = std::min(lowest, *point.right.accuracy());
  }
  PlotArea area;
  area.x_high = LengthOf(run);
  area.y_low = lowest >= 0.8 ? 0.8 : lowest >= 0.5 ? 0.5 : 0;
  Svg svg(PlotArea::kWidth, PlotArea::kHeight, "Accuracy over time");
  for (int i = 0; i <= 4; ++i) {
    const double tick = area.y_low + (1 - area.y_low) * i / 4;
    area.YTick(&svg, tick, fmt::format("{:.4g} %", 100 * tick));
  }
  area.TimeAxis(&svg);
  svg.Line({area.left, area.Y(*overall)}, {area.right, area.Y(*overall)},
           "overall");
  std::vector<Point> curve;
  curve.reserve(points.size());
  for (const auto& point : points) {
    curve.push_back(
        {area.X((point.from_s + std::min(point.to_s, area.x_high)) / 2),
         area.Y(*point.right.accuracy())});
  }
  svg.Polyline(curve, "curve");
  for (std::size_t i = 0; i < points.size(); ++i) {
    svg.Dot(curve[i], "dot",
            fmt::format("{}: {} of {} right",
                        Stretch(points[i].from_s, points[i].to_s),
                        points[i].right.correct, points[i].right.total));
  }
  // Where the curve starts there is least of it, most often.
  const bool above = area.Y(*overall) > area.top + 20;
  svg.Text({area.right, area.Y(*overall) + (above ? -7 : 18)},
           fmt::format("overall {}", Percent(overall)), "end halo strong");
  return svg.Finish();
}

std::string AvailabilityChart(const RunFigures& run) {
  if (run.agents.empty()) return {};
  constexpr double kRow = 26;
  PlotArea area;
  area.left = 128;
  area.right = 484;
  area.top = 4;
  area.bottom = area.top + kRow * static_cast<double>(run.agents.size());
  area.x_high = LengthOf(run);
  Svg svg(PlotArea::kWidth, area.bottom + 32, "When each agent was there");
  double y = area.top;
  for (const auto& agent : run.agents) {
    svg.Text({area.left - 8, y + 17}, Shortened(agent.name, 13), "end");
    svg.Rect({area.left, y + 4, area.right - area.left, kRow - 8}, "p-unknown",
             "not heard of");
    for (const auto& one : agent.stretches) {
      svg.Rect({area.X(one.from_s), y + 4,
                area.X(one.to_s) - area.X(one.from_s), kRow - 8},
               Css(one.presence),
               fmt::format("{} {}: {}", agent.name,
                           Stretch(one.from_s, one.to_s), Words(one.presence)));
    }
    svg.Text({area.right + 8, y + 17}, Percent(agent.Available()), "start");
    y += kRow;
  }
  area.TimeAxis(&svg);
  return svg.Finish();
}

}  // namespace ddnn

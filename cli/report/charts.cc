#include "cli/report/charts.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/report/plot_area.h"

namespace ddnn {
namespace {

std::int64_t Total(const RunFigures::LatencyBar& bar) {
  std::int64_t total = 0;
  for (const std::int64_t count : bar.counts) total += count;
  return total;
}

/// A name for people; its own where there is none.
std::string Words(const std::string& bytes) {
  if (bytes == "raw") return "Raw pixels";
  if (bytes == "raw_seen") return "Raw, seen only";
  if (bytes == "jpeg") return "JPEG";
  if (bytes == "formula") return "Paper formula";
  if (bytes == "content") return "Content";
  if (bytes == "payload") return "Payload";
  if (bytes == "mqtt") return "MQTT packets";
  return bytes;
}

/// Latency spans magnitudes: a logarithmic axis.
struct LogAxis {
  double low;
  double high;
  const PlotArea& area;

  double X(double ms) const {
    return area.left +
           (area.right - area.left) * std::log(ms / low) / std::log(high / low);
  }
};

/// Where a percentile's line and label stand.
struct Mark {
  std::string text;
  double x = 0;
  int row = 0;  ///< of the label; its line begins there
  bool left = false;
};

/// So that no line runs through a label: each line begins in its label's row,
/// and labels stand where lines begin lower, or none is.
std::array<Mark, 3> PlacePercentiles(const LogAxis& axis,
                                     const Percentiles& p) {
  constexpr double kLabel = 130;  // on a narrow screen
  const auto mark = [&axis](const char* name, const Figure& figure) {
    const double x = axis.X(std::clamp(*figure, axis.low, axis.high));
    return Mark{fmt::format("{} {}", name, ShortMs(figure)), x};
  };
  std::array<Mark, 3> marks{mark("p50", p.p50), mark("p95", p.p95),
                            mark("p99", p.p99)};
  auto& [p50, p95, p99] = marks;
  if (p99.x + kLabel <= PlotArea::kWidth) {  // all to the right
    p95.row = 1;
    p99.row = 2;
  } else if (p50.x - kLabel >= axis.area.left) {  // all to the left
    p50.row = 2;
    p95.row = 1;
    p50.left = p95.left = p99.left = true;
  } else {
    p50.row = 1;
    p95.row = 2;
    p95.left = p95.x + kLabel > p99.x;
    p99.left = true;
  }
  return marks;
}

void DrawPercentiles(Svg* svg, const LogAxis& axis, const Percentiles& p) {
  if (!p.p50 || !p.p95 || !p.p99) return;
  constexpr double kRow = 18;
  for (const Mark& mark : PlacePercentiles(axis, p)) {
    const double y = axis.area.top + 8 + kRow * mark.row;
    svg->Line({mark.x, y - 12}, {mark.x, axis.area.bottom}, "mark");
    svg->Text({mark.x + (mark.left ? -6 : 6), y}, mark.text,
              mark.left ? "end halo strong" : "start halo strong");
  }
}

}  // namespace

std::string BytesChart(const RunFigures& run) {
  if (run.bytes.empty()) return {};
  constexpr double kRow = 34;
  constexpr double kLeft = 140;
  constexpr double kLongest = 300;
  double most = 0;
  for (const auto& one : run.bytes) {
    most = std::max(most, one.per_device_sample);
  }
  const Figure raw = run.BytesOf("raw");
  Svg svg(PlotArea::kWidth, kRow * static_cast<double>(run.bytes.size()) + 8,
          "Bytes per device-sample");
  double y = 4;
  for (const auto& one : run.bytes) {
    const double width = kLongest * one.per_device_sample / most;
    svg.Text({kLeft - 8, y + 21}, Words(one.name), "end");
    svg.Rect({kLeft, y + 4, std::max(1.5, width), kRow - 9},
             one.baseline ? "b-base" : "b-ours", one.meaning);
    std::string label = ShortBytes(one.per_device_sample);
    if (raw && one.name != "raw" && one.per_device_sample > 0) {
      label += fmt::format("  · {:.3g}× less", *raw / one.per_device_sample);
    }
    svg.Text({kLeft + width + 8, y + 21}, label,
             one.baseline ? "start" : "start strong");
    y += kRow;
  }
  return svg.Finish();
}

std::string LatencyChart(const RunFigures& run) {
  if (run.latency.empty()) return {};
  std::int64_t highest = 0;
  for (const auto& bar : run.latency) highest = std::max(highest, Total(bar));
  const auto ticks = RoundTicks(static_cast<double>(highest), 4);
  PlotArea area;
  area.y_high = ticks.back();
  // Some room on both sides, so that one bar alone has an axis too.
  const LogAxis axis{run.latency.front().from_ms / 1.15,
                     run.latency.back().to_ms * 1.15, area};
  Svg svg(PlotArea::kWidth, PlotArea::kHeight, "Latency by exit");
  for (const double tick : ticks) area.YTick(&svg, tick, ShortCount(tick));
  area.YUnit(&svg, "samples");
  for (const auto& bar : run.latency) {
    double y = area.bottom;
    const double x = axis.X(bar.from_ms);
    for (const Outcome outcome : kOutcomes) {
      const std::int64_t count = At(bar.counts, outcome);
      if (count == 0) continue;
      const double height = area.bottom - area.Y(static_cast<double>(count));
      y -= height;
      svg.Rect({x, y, std::max(1.0, axis.X(bar.to_ms) - x - 0.6), height},
               fmt::format("o-{}", Name(outcome)),
               fmt::format("{} to {}: {} {}", ShortMs(bar.from_ms),
                           ShortMs(bar.to_ms), count, Name(outcome)));
    }
  }
  for (const double tick : LogTicks(axis.low, axis.high, 7)) {
    svg.Line({axis.X(tick), area.bottom}, {axis.X(tick), area.bottom + 5},
             "axis");
    const std::string label = tick < 1 ? fmt::format("{:g} µs", 1000 * tick)
                              : tick < 1000
                                  ? fmt::format("{:g} ms", tick)
                                  : fmt::format("{:g} s", tick / 1000);
    svg.Text({axis.X(tick), area.bottom + 22}, label, "middle");
  }
  DrawPercentiles(&svg, axis, run.all_latency_ms);
  return svg.Finish();
}

std::string ConfusionChart(const RunFigures& run) {
  const std::size_t classes = run.confusion.size();
  if (classes == 0) return {};
  const bool some_lost = At(run.outcomes, Outcome::kLost) > 0;
  const std::size_t columns = classes + (some_lost ? 1 : 0);
  constexpr double kLeft = 128;
  constexpr double kTop = 30;
  constexpr std::size_t kMostWithNumbers = 8;
  const double width =
      std::min(140.0, (552 - kLeft) / static_cast<double>(columns));
  const double height = classes <= kMostWithNumbers ? 44 : 20;
  Svg svg(PlotArea::kWidth, kTop + height * static_cast<double>(classes) + 6,
          "Classes that samples were, against answers");
  const auto length = static_cast<std::size_t>(width / 9);
  const auto name = [&run](std::size_t label) {
    return label < run.by_class.size() ? run.by_class[label].first
                                       : std::string("lost");
  };
  for (std::size_t column = 0; column < columns; ++column) {
    svg.Text({kLeft + width * (static_cast<double>(column) + 0.5), kTop - 10},
             Shortened(name(column), std::max<std::size_t>(length, 2)),
             "middle");
  }
  for (std::size_t row = 0; row < classes; ++row) {
    const double y = kTop + height * static_cast<double>(row);
    const auto total =
        static_cast<double>(std::max(1, run.by_class[row].second.total));
    svg.Text({kLeft - 8, y + height / 2 + 4}, Shortened(name(row), 13), "end");
    for (std::size_t column = 0; column < columns; ++column) {
      const std::int64_t count = run.confusion[row][column];
      const double share = static_cast<double>(count) / total;
      const double x = kLeft + width * static_cast<double>(column);
      const Box2 cell{x + 1, y + 1, width - 2, height - 2};
      svg.Rect(cell, "cell");
      svg.Rect(
          cell,
          fmt::format("{} q{}", column == row ? "right" : "wrong",
                      count == 0 ? 0 : 1 + static_cast<int>(share * 8.999)),
          fmt::format("{} of {} {} answered {}", count,
                      run.by_class[row].second.total, name(row), name(column)));
      if (columns > kMostWithNumbers) continue;
      svg.Text({x + width / 2, y + height / 2 + 5}, WholeCount(count),
               count > 0 ? "middle strong" : "middle");
    }
  }
  return svg.Finish();
}

}  // namespace ddnn

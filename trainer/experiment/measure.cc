#include "trainer/experiment/measure.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "trainer/verify.h"

namespace ddnn {
namespace {

Cell CountOf(const Readings& readings,
             std::map<std::string, Count> Figures::*counts,
             const std::string& name) {
  Cell cell;
  for (const Reading& reading : readings) {
    const auto& all = reading.figures.*counts;
    const auto found = all.find(name);
    if (found == all.end()) return {};
    cell.values.push_back(found->second.correct);
    cell.of = found->second.total;
  }
  return cell;
}

double ContentBytes(const Bundle& bundle, const Examples& rows,
                    const Decisions& decisions,
                    const std::vector<float>& thresholds) {
  const double score = 2.0 * bundle.class_count();
  const auto map = static_cast<double>(bundle.OutputShape(0).bytes());
  double bytes = 0;
  for (int row = 0; row < rows.size(); ++row) {
    const bool goes_on = decisions.ExitOf(row, thresholds) > 0;
    for (const auto& view : rows.views[static_cast<std::size_t>(row)]) {
      if (view) bytes += score + (goes_on ? map : 0);
    }
  }
  return bytes / (rows.size() * rows.devices());
}

}  // namespace

Reading ReadAt(const Bundle& bundle, const Examples& rows,
               const Decisions& decisions,
               const std::vector<float>& thresholds) {
  Reading reading;
  reading.figures = Measure(decisions, thresholds, rows, AllRows(rows));
  const Figures& figures = reading.figures;
  reading.formula_bytes =
      FormulaBytes(bundle, figures.left_at.at(Tier::kDevice).share());
  reading.content_bytes = ContentBytes(bundle, rows, decisions, thresholds);
  reading.overall_of_all = static_cast<double>(figures.overall.correct) /
                           (figures.samples + figures.blind);
  return reading;
}

Reading ReadOf(const Finding& finding) {
  Reading reading = ReadAt(finding.bundle, *finding.test, finding.decisions,
                           ThresholdsOf(finding.bundle));
  reading.presence_lookup = finding.presence_lookup;
  return reading;
}

Examples Silence(const Examples& rows, std::span<const int> lost) {
  SampleViews views = rows.views;
  for (auto& of_row : views) {
    for (const int camera : lost) {
      of_row[static_cast<std::size_t>(camera)].reset();
    }
  }
  Examples some = KeepSeen(rows.data, std::move(views));
  some.blind += rows.blind;
  return some;
}

Reading ReadWithout(const Finding& finding, std::span<const int> lost) {
  const Examples rows = Silence(*finding.test, lost);
  if (rows.size() == 0) {
    Reading reading;
    reading.figures.blind = rows.blind;
    return reading;
  }
  const auto logits = EvaluateBundle(finding.bundle, rows);
  // The bundle ran on these rows before, and each still has a view.
  assert(logits.ok());
  return ReadAt(finding.bundle, rows,
                Decide(*logits, LabelsOf(rows, AllRows(rows))),
                ThresholdsOf(finding.bundle));
}

Cell IfAllLeftAt(const Readings& readings, Tier tier) {
  Cell cell;
  for (const Reading& reading : readings) {
    const auto& exits = reading.figures.if_all_exited;
    const auto found = exits.find(tier);
    if (found == exits.end()) return {};
    cell.values.push_back(found->second.share());
    cell.of = reading.figures.samples;
  }
  return cell;
}

Cell ShareThatLeft(const Readings& readings, Tier tier) {
  Cell cell;
  for (const Reading& reading : readings) {
    const auto& exits = reading.figures.left_at;
    const auto found = exits.find(tier);
    if (found == exits.end()) return {};
    cell.values.push_back(found->second.share());
    cell.of = reading.figures.samples;
  }
  return cell;
}

Cell Overall(const Readings& readings) {
  Cell cell;
  for (const Reading& reading : readings) {
    if (reading.figures.samples == 0) return {};
    cell.values.push_back(reading.figures.overall.share());
    cell.of = reading.figures.samples;
  }
  return cell;
}

Cell ClassCount(const Readings& readings, const std::string& name) {
  return CountOf(readings, &Figures::by_class, name);
}

Cell SourceCount(const Readings& readings, const std::string& name) {
  return CountOf(readings, &Figures::by_source, name);
}

std::vector<Column> StandardColumns() {
  return {{"local", "local", Kind::kPercent},
          {"cloud", "cloud", Kind::kPercent},
          {"overall", "overall", Kind::kInterval},
          {"local_exit", "local exit %", Kind::kPercent},
          {"bytes", "bytes", Kind::kNumber},
          {"balanced", "balanced", Kind::kPercent},
          {"moving", "moving", Kind::kCount},
          {"bus", "bus", Kind::kCount},
          {"lookup", "look-up", Kind::kPercent}};
}

std::vector<Cell> StandardCells(const Readings& readings) {
  return {IfAllLeftAt(readings, Tier::kDevice),
          IfAllLeftAt(readings, Tier::kCloud),
          Overall(readings),
          ShareThatLeft(readings, Tier::kDevice),
          Each(readings, [](const Reading& r) { return r.formula_bytes; }),
          Each(readings, [](const Reading& r) { return r.figures.balanced; }),
          SourceCount(readings, "moving"),
          ClassCount(readings, "bus"),
          Values({readings.front().presence_lookup})};
}

}  // namespace ddnn

#pragma once

#include <span>
#include <string>
#include <vector>

#include "trainer/experiment/store.h"
#include "trainer/experiment/table.h"

namespace ddnn {

/// What a network does on some rows at given thresholds.
struct Reading {
  Figures figures;
  double formula_bytes = 0;  ///< FormulaBytes()
  /// Score and map bytes that are sent for the views that are there, per
  /// device and sample: 2 |C| a view, and its map if the sample goes on.
  double content_bytes = 0;
  /// Of the rows that no camera sees too: they count as wrong.
  double overall_of_all = 0;
  double presence_lookup = 0;  ///< what no pixel is needed for
};
using Readings = std::vector<Reading>;  ///< one a seed

Reading ReadAt(const Bundle& bundle, const Examples& rows,
               const Decisions& decisions,
               const std::vector<float>& thresholds);
/// With the bundle's own thresholds.
Reading ReadOf(const Finding& finding);

/// The same rows with some cameras silent: rows whose last view goes become
/// blind.
/// \param lost  indices of cameras.
Examples Silence(const Examples& rows, std::span<const int> lost);
/// A finding's network on rows in which some cameras are silent. `figures`
/// counts nothing if every row is blind.
Reading ReadWithout(const Finding& finding, std::span<const int> lost);

/// Cells over the seeds.
Cell IfAllLeftAt(const Readings& readings, Tier tier);
Cell ShareThatLeft(const Readings& readings, Tier tier);
Cell Overall(const Readings& readings);
Cell ClassCount(const Readings& readings, const std::string& name);
Cell SourceCount(const Readings& readings, const std::string& name);
/// Any other number.
template <typename Get>
Cell Each(const Readings& readings, Get get) {
  std::vector<double> values;
  for (const Reading& reading : readings) values.push_back(get(reading));
  return Values(std::move(values));
}

/// local, cloud, overall, share that left locally, bytes, balanced accuracy,
/// `moving`, buses and the presence look-up: what every experiment shows of a
/// network over seeds.
std::vector<Column> StandardColumns();
std::vector<Cell> StandardCells(const Readings& readings);

}  // namespace ddnn

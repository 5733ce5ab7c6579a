#include "trainer/experiment/experiment.h"

#include <algorithm>
#include <cassert>

namespace ddnn {

std::string Setting::Only(const std::vector<int>& chosen) const {
  std::string names;
  for (int i = 0; i < static_cast<int>(cameras.size()); ++i) {
    if (std::ranges::count(chosen, i) == 0) continue;
    if (!names.empty()) names += ",";
    names += cameras[static_cast<std::size_t>(i)];
  }
  return names;
}

std::string Setting::Without(int camera) const {
  std::vector<int> others;
  for (int i = 0; i < static_cast<int>(cameras.size()); ++i) {
    if (i != camera) others.push_back(i);
  }
  return Only(others);
}

void Evidence::Add(const RunSpec& run, Finding finding) {
  findings_.emplace(run.Key(), std::move(finding));
}

const Finding& Evidence::Of(const RunSpec& run) const {
  const auto found = findings_.find(run.Key());
  assert(found != findings_.end());
  return found->second;
}

Readings Evidence::Read(const std::vector<RunSpec>& runs) const {
  Readings readings;
  for (const RunSpec& run : runs) readings.push_back(ReadOf(Of(run)));
  return readings;
}

std::vector<Experiment> AllExperiments() {
  return {AggregationExperiment(), ThresholdExperiment(), DevicesExperiment(),
          FiltersExperiment(),     FailureExperiment(),   EdgeExperiment(),
          TracksExperiment()};
}

RunSpec PaperRun(const std::string& split, std::vector<std::string> overrides) {
  return {"paper", split, 1, std::move(overrides)};
}

RunSpec ShippedRun(const std::string& split) {
  return {"epfl-mvmc-c", split, 1, {}};
}

Table RunsTable(const std::vector<RunSpec>& runs, const Evidence& evidence) {
  Table table{"runs", "", {{"run", "run"}}, {}};
  Append(&table.columns, StandardColumns());
  for (const RunSpec& run : runs) {
    std::vector<Cell> row{Text(run.Key())};
    Append(&row, StandardCells(evidence.Read({run})));
    table.rows.push_back(std::move(row));
  }
  return table;
}

void Append(std::vector<RunSpec>* runs, const std::vector<RunSpec>& more) {
  runs->insert(runs->end(), more.begin(), more.end());
}
void Append(std::vector<Cell>* cells, const std::vector<Cell>& more) {
  cells->insert(cells->end(), more.begin(), more.end());
}
void Append(std::vector<Column>* columns, const std::vector<Column>& more) {
  columns->insert(columns->end(), more.begin(), more.end());
}

}  // namespace ddnn

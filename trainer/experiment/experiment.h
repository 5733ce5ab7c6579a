#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trainer/experiment/measure.h"
#include "trainer/experiment/run.h"
#include "trainer/experiment/store.h"
#include "trainer/experiment/table.h"

namespace ddnn {

/// What all experiments of a call share.
struct Setting {
  bool quick = false;                ///< one seed each
  std::vector<std::string> cameras;  ///< in the data's order
  /// Indices of cameras, that which sees fewest training samples first: the
  /// order "worst to best", known without a look at a test.
  std::vector<int> worst_to_best;

  int Seeds(int full) const { return quick ? 1 : full; }
  /// These cameras in the data's order, or all but one, as the recipe's key
  /// `cameras`.
  std::string Only(const std::vector<int>& chosen) const;
  std::string Without(int camera) const;
};

/// The findings of all runs that an experiment asked for.
class Evidence {
 public:
  void Add(const RunSpec& run, Finding finding);
  bool Has(const RunSpec& run) const { return findings_.contains(run.Key()); }
  /// Precondition: Has(run).
  const Finding& Of(const RunSpec& run) const;
  /// One reading a run, at the bundles' own thresholds.
  Readings Read(const std::vector<RunSpec>& runs) const;

 private:
  std::map<std::string, Finding> findings_;
};

/// What an experiment shows.
struct Outcome {
  std::vector<Table> tables;
  /// Sentences under the tables: what differs from the paper and why.
  std::vector<std::string> remarks;
  /// gnuplot's commands for one figure. The tables lie beside it as
  /// "<experiment>-<table>.csv", with names in the first row.
  std::string plot;
};

/// One table or figure of the paper, made from bundles.
///
/// Analysing is pure and takes seconds, so that tables and figures can be made
/// again at any time without training.
struct Experiment {
  std::string name;      ///< of the command line
  std::string title;     ///< "Aggregation schemes (Table I)"
  std::string question;  ///< what it asks and under which protocol
  std::vector<RunSpec> (*runs)(const Setting&);
  Outcome (*analyse)(const Setting&, const Evidence&);
};

Experiment AggregationExperiment();
Experiment ThresholdExperiment();
Experiment DevicesExperiment();
Experiment FiltersExperiment();
Experiment FailureExperiment();
Experiment EdgeExperiment();
Experiment TracksExperiment();

/// In the order of the results' sections.
std::vector<Experiment> AllExperiments();

/// The paper's model under its own protocol on a split: MP-CC, f = 4.
RunSpec PaperRun(const std::string& split,
                 std::vector<std::string> overrides = {});
/// The recipe that ships.
RunSpec ShippedRun(const std::string& split);
/// Seeds of the paper's main row and of the shipped recipe, and of the rest.
inline constexpr int kMainSeeds = 5;
inline constexpr int kSeeds = 3;

/// What each run says by itself; goes to "<experiment>-runs.csv".
Table RunsTable(const std::vector<RunSpec>& runs, const Evidence& evidence);

/// Puts runs behind others.
void Append(std::vector<RunSpec>* runs, const std::vector<RunSpec>& more);
void Append(std::vector<Cell>* cells, const std::vector<Cell>& more);
void Append(std::vector<Column>* columns, const std::vector<Column>& more);

}  // namespace ddnn

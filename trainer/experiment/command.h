#pragma once

#include <filesystem>
#include <string>

#include "trainer/experiment/runner.h"
#include "trainer/progress.h"

namespace ddnn {

/// The command line of `ddnn-train experiment`.
struct ExperimentRequest {
  std::string name;  ///< of an experiment, or "all"
  std::filesystem::path dataset;
  std::filesystem::path out;
  std::filesystem::path results;  ///< "" = <out>/results.md
  std::filesystem::path recipes = "trainer/recipes";
  bool quick = false;    ///< one seed instead of three or five
  bool dry_run = false;  ///< lists the runs and what they would take
  int jobs = 2;
};

/// The experiments' names, one a line with its title, for `--help`.
std::string DescribeExperiments();

/// Trains the runs that are missing, then makes tables, figures and results.
///
///     <out>/runs/<key>.ddnn               bundles, kept from call to call
///     <out>/<experiment>-<table>.csv      tables
///     <out>/<experiment>.{gp,svg,png}     figure and its script
///     <out>/sections/<experiment>.md      part of the results
///     <results>, <its folder>/results/<experiment>.{svg,png}
///
/// The results hold every experiment that has been run with this `out`.
/// \return an exit code of exit_code.h; failures went to standard error.
/// \throws ConfigError  from the recipes.
int RunExperiments(const ExperimentRequest& request, bool terminal,
                   const Progress::Print& print, const Stop& stop);

}  // namespace ddnn

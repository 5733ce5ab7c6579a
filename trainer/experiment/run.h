#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "trainer/recipe.h"

namespace ddnn {

/// One training of one network: with which recipe, on which rows, from which
/// seed. Experiments that ask for the same run share its bundle.
struct RunSpec {
  std::string recipe;  ///< file without ".yaml", e.g. "paper"
  std::string split;   ///< column; trains on <split>:train
  int seed = 1;
  std::vector<std::string> overrides;  ///< "key=value", as `fit --set`

  /// Readable, unique and fit to be a file name, e.g.
  /// "paper-time-device.filters_8-s1".
  std::string Key() const;
  std::string TrainRows() const { return split + ":train"; }
  std::string TestRows() const { return split + ":test"; }
};

/// The recipe of a run.
/// \param folder  holds <recipe>.yaml.
/// \throws ConfigError  as ReadRecipe().
Recipe RecipeOf(const RunSpec& run, const std::filesystem::path& folder);

/// The same run with each of the seeds 1 .. seeds.
std::vector<RunSpec> WithSeeds(RunSpec run, int seeds);

/// Each run once, in order of first mention.
std::vector<RunSpec> Distinct(const std::vector<RunSpec>& runs);

/// What a run costs, in seconds on one core of a plain machine of 2026; only
/// shares matter once some runs are done.
double EstimateSeconds(const Recipe& recipe, int rows, int devices);

}  // namespace ddnn

#include "trainer/experiment/run.h"

#include <algorithm>
#include <set>

namespace ddnn {

std::string RunSpec::Key() const {
  std::string key = recipe + "-" + split;
  for (const std::string& assignment : overrides) key += "-" + assignment;
  std::ranges::replace(key, '=', '_');
  std::ranges::replace(key, ',', '+');
  return key + "-s" + std::to_string(seed);
}

Recipe RecipeOf(const RunSpec& run, const std::filesystem::path& folder) {
  std::vector<std::string> overrides = run.overrides;
  overrides.push_back("seed=" + std::to_string(run.seed));
  return ReadRecipe(folder / (run.recipe + ".yaml"), overrides);
}

std::vector<RunSpec> WithSeeds(RunSpec run, int seeds) {
  std::vector<RunSpec> runs;
  for (run.seed = 1; run.seed <= seeds; ++run.seed) runs.push_back(run);
  return runs;
}

std::vector<RunSpec> Distinct(const std::vector<RunSpec>& runs) {
  std::vector<RunSpec> distinct;
  std::set<std::string> seen;
  for (const RunSpec& run : runs) {
    if (seen.insert(run.Key()).second) distinct.push_back(run);
  }
  return distinct;
}

double EstimateSeconds(const Recipe& recipe, int rows, int devices) {
  // Measured: milliseconds a sample and epoch of a view, of each filter that
  // reads it, and of a layer of the cloud.
  constexpr double kView = 0.05;
  constexpr double kViewFilter = 0.01;
  constexpr double kLayer = 0.125;
  const double device = kView + kViewFilter * recipe.device_filters;
  const double upper = kLayer * (recipe.cloud_layers + recipe.Edges());
  const double choosing = recipe.HoldsOut() ? 1.8 : 1;
  return 1e-3 * choosing * recipe.epochs * rows * (devices * device + upper);
}

}  // namespace ddnn

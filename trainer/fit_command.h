#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trainer/progress.h"

namespace ddnn {

/// The command line of `ddnn-train fit`.
struct FitRequest {
  std::filesystem::path recipe;
  std::filesystem::path dataset;
  std::string split;  ///< "" = every row
  std::string test;   ///< "" = no test, or every row of test_dataset
  std::filesystem::path test_dataset;  ///< "" = `dataset`
  std::filesystem::path out;
  std::filesystem::path card;  ///< "" = none
  std::optional<int> seed;
  std::vector<std::string> overrides;
};

/// Reads, trains, tests, writes. Files are written at the very end, each in
/// one step; after a failure there is none.
/// \param stop  true ends the training early and keeps the best so far.
/// \return an exit code of exit_code.h; failures went to standard error.
/// \throws ConfigError  from the recipe.
int RunFit(const FitRequest& request, bool terminal,
           const Progress::Print& print, const std::function<bool()>& stop);

}  // namespace ddnn

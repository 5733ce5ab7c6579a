#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/nn/bundle.h"
#include "trainer/figures.h"
#include "trainer/fit.h"
#include "trainer/recipe.h"

namespace ddnn {

/// How a network does on rows it never met.
struct TestReport {
  std::string data;   ///< name of the data set's folder
  std::string split;  ///< "time:test"
  Figures figures;
  double presence_lookup = 0;  ///< see PresenceLookupAccuracy()
  std::vector<Count> cameras;  ///< [devices], see EvaluateEachCamera()
};

/// All that is known about a fit.
struct FitStory {
  Recipe recipe;
  std::string data;     ///< name of the data set's folder
  std::string split;    ///< "time:train"
  std::string date;     ///< YYYY-MM-DD
  std::string command;  ///< that makes the bundle again
  FitReport fit;
  std::optional<TestReport> test;
};

/// The bundle's training record: a JSON object of data, split, recipe, seed,
/// date, epochs, thresholds and figures. Holds no times, so that a repetition
/// gives the same bytes.
std::string TrainingRecord(const FitStory& story, const Bundle& bundle);

/// The card that lies beside a shipped bundle, in Markdown.
std::string Card(const FitStory& story, const Bundle& bundle);

/// Today, YYYY-MM-DD in UTC; the day of SOURCE_DATE_EPOCH if that is set.
std::string Today();

}  // namespace ddnn

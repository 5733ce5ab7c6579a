#pragma once

#include <filesystem>
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
  std::string digest;   ///< DigestOf() the training rows
  std::string date;     ///< YYYY-MM-DD
  std::string command;  ///< that makes the bundle again
  FitReport fit;
  std::optional<TestReport> test;
};

/// The part of the training record that is known before training: a JSON object
/// of data, split, digest, recipe, seed, date and program.
std::string RecordHead(const FitStory& story);

/// The bundle's training record: a JSON object of data, split, recipe, seed,
/// date, epochs, thresholds and figures. Holds no times, so that a repetition
/// gives the same bytes.
std::string TrainingRecord(const FitStory& story, const Bundle& bundle);

/// The card that lies beside a shipped bundle, in Markdown.
std::string Card(const FitStory& story, const Bundle& bundle);

/// A data set as records name it: its folder's name.
std::string DataName(const std::filesystem::path& folder);

/// Today, YYYY-MM-DD in UTC; the day of SOURCE_DATE_EPOCH if that is set.
std::string Today();

}  // namespace ddnn

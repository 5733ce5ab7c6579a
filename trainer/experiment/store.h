#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "trainer/examples.h"
#include "trainer/experiment/run.h"
#include "trainer/experiment/runner.h"
#include "trainer/figures.h"

namespace ddnn {

/// A trained network and what it says about the rows it was kept from.
struct Finding {
  Bundle bundle;
  std::shared_ptr<const Examples> test;  ///< of the cameras that it has
  Decisions decisions;                   ///< on `test`
  double presence_lookup = 0;            ///< PresenceLookupAccuracy()
};

/// The bundles of runs in a folder, `<out>/runs/<key>.ddnn`, and the rows they
/// need.
///
/// A run is done when its bundle is there and its training record tells the
/// same recipe, rows and program: that is all of resuming.
/// Thread-safety: all functions, for different runs.
class RunStore {
 public:
  /// \param recipes  folder of the recipes' files.
  RunStore(std::filesystem::path dataset, std::filesystem::path out,
           std::filesystem::path recipes);

  const std::filesystem::path& recipes() const { return recipes_; }
  std::filesystem::path PathOf(const RunSpec& run) const;

  /// Rows of a split as seen by some cameras, read once.
  /// \param cameras  as the recipe's key.
  /// \return as LoadExamples() and KeepCameras().
  Result<std::shared_ptr<const Examples>> Rows(const std::string& split,
                                               const std::string& cameras);

  /// Whether a run is done. \return as Rows().
  Result<bool> Has(const RunSpec& run);

  /// Trains a run and writes its bundle, in one step at the very end: the same
  /// bytes as `ddnn-train fit` without a test. Stopped, it writes nothing.
  /// \return as Rows(), Fit() and WriteBundle().
  Status Train(const RunSpec& run, const Stop& stop);

  /// Reads a run's bundle and evaluates it on the run's test rows.
  /// Precondition: Has(run).
  Result<Finding> Find(const RunSpec& run);

 private:
  std::filesystem::path dataset_;
  std::filesystem::path out_;
  std::filesystem::path recipes_;
  std::mutex mutex_;
  /// By split and cameras. mutex_.
  std::map<std::string, std::shared_ptr<const Examples>> rows_;
};

}  // namespace ddnn

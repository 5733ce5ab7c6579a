#pragma once

#include <filesystem>

#include "cli/scoreboard.h"
#include "cli/summary.h"

namespace ddnn {

/// The files that `--json` and `--predictions` name; an empty name = none.
class OutputFiles {
 public:
  /// \throws CommandError  kExitUsage: a file's folder does not exist, said
  ///     before the work starts.
  OutputFiles(std::filesystem::path json, std::filesystem::path predictions);

  /// Writes the files.
  /// \throws CommandError  kExitUnavailable: it cannot be written.
  void Write(const Summary& summary, const Scoreboard& scoreboard) const;

 private:
  std::filesystem::path json_;
  std::filesystem::path predictions_;
};

}  // namespace ddnn

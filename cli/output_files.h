#pragma once

#include <filesystem>
#include <string_view>

#include "cli/scoreboard.h"
#include "cli/summary.h"

namespace ddnn {

/// Checks, before the work starts, that a file's folder exists; an empty name
/// is no file.
/// \throws CommandError  kExitUsage: it does not.
void RequireFolderOf(const std::filesystem::path& file);

/// Writes a file plainly, not by renaming: the name may be a device, e.g.
/// /dev/stdout. An empty name = nothing.
/// \throws CommandError  kExitUnavailable: it cannot be written.
void WriteOutput(const std::filesystem::path& path, std::string_view content);

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

#include "cli/output_files.h"

#include <fstream>
#include <system_error>
#include <utility>

#include "cli/command.h"

namespace ddnn {
void RequireFolderOf(const std::filesystem::path& file) {
  if (file.empty()) return;
  const auto folder = std::filesystem::absolute(file).parent_path();
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw CommandError(kExitUsage, file.string() + ": there is no folder " +
                                       folder.string() + "; make it first");
  }
}

void WriteOutput(const std::filesystem::path& path, std::string_view content) {
  if (path.empty()) return;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content << std::flush;
  if (!out) {
    throw CommandError(kExitUnavailable, path.string() + ": cannot write");
  }
}

OutputFiles::OutputFiles(std::filesystem::path json,
                         std::filesystem::path predictions)
    : json_(std::move(json)), predictions_(std::move(predictions)) {
  for (const auto& file : {json_, predictions_}) RequireFolderOf(file);
}

void OutputFiles::Write(const Summary& summary,
                        const Scoreboard& scoreboard) const {
  WriteOutput(json_, ToJson(summary));
  WriteOutput(predictions_, scoreboard.PredictionsCsv());
}

}  // namespace ddnn

#include "tests/support/schemas.h"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/temp_folder.h"

namespace ddnn {
namespace {

constexpr int kNotInstalled = 77;

}  // namespace

std::filesystem::path SchemaFolder() {
  return std::filesystem::path(DDNN_SOURCE_DIR) / "schemas";
}

std::optional<std::vector<std::string>> CheckAgainstSchemas(
    const std::vector<Document>& documents) {
  const TempFolder folder;
  const std::string in = (folder / "in").string();
  const std::string out = (folder / "out").string();
  {
    std::ofstream lines(in);
    for (const auto& [kind, text] : documents) {
      lines << kind << '\t' << text << '\n';
    }
  }
  const std::string command =
      "python3 '" DDNN_SOURCE_DIR "/tests/support/check_schemas.py' '" +
      SchemaFolder().string() + "' < '" + in + "' > '" + out + "'";
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotInstalled) {
    return std::nullopt;
  }
  std::vector<std::string> verdicts;
  std::ifstream lines(out);
  for (std::string line; std::getline(lines, line);) verdicts.push_back(line);
  if (status != 0 || verdicts.size() != documents.size()) {
    throw std::runtime_error("check_schemas.py failed; see its last lines");
  }
  return verdicts;
}

}  // namespace ddnn

#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace ddnn {

/// Why a test that needs the real data set is skipped.
inline constexpr const char* kNoRealData =
    "the data set epfl-mvmc is not here: set DDNN_TEST_DATA to its folder";

/// The folder of the real data set: DDNN_TEST_DATA, else
/// ../shared/data/epfl-mvmc beside the source tree; nothing if it is not there.
inline std::optional<std::filesystem::path> RealData() {
  const char* given = std::getenv("DDNN_TEST_DATA");
  const std::filesystem::path folder =
      given != nullptr
          ? std::filesystem::path(given)
          : std::filesystem::path(DDNN_SOURCE_DIR) / "../shared/data/epfl-mvmc";
  if (!std::filesystem::exists(folder / "samples.csv")) return std::nullopt;
  return folder;
}

}  // namespace ddnn

#pragma once

#include <filesystem>
#include <string>

#include "core/base/config.h"

namespace ddnn {

/// Largest seed of a street.
inline constexpr int kMaxStreetSeed = 1'000'000'000;

/// Where a device's views come from: the keys `source.*`.
struct SourceConfig {
  std::string kind = "dataset";
  std::filesystem::path path;
  int seed = 1;       ///< street
  std::string split;  ///< dataset: "COLUMN:VALUE"; empty = every row
  int samples = 0;    ///< 0 = the whole recording once
  bool preload = false;
  int window = 16;  ///< of all ViewSources: see ReplayPacer
};

/// Declares `source.*` and `window`; `config` is borrowed by the table.
void AddSourceKeys(ConfigTable* table, SourceConfig* config);

/// What no single key can tell.
/// \throws ConfigError  naming the key.
void CheckSourceConfig(const SourceConfig& config);

}  // namespace ddnn

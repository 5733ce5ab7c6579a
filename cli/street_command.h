#pragma once

#include <filesystem>

namespace ddnn {

/// Ticks that `ddnn street` writes at most: six frames of 0.2 MiB each.
inline constexpr int kMaxStreetTicks = 100'000;

/// A file in a folder that `ddnn street` wrote: {"seed": 3, "ticks": 600}.
inline constexpr const char* kStreetMark = "street.json";

struct StreetOptions {
  int seed = 3;  ///< the shipped networks learnt from 1; the demo shows 2
  int ticks = 600;
  std::filesystem::path out;  ///< absent or an empty folder
};

/// `ddnn street`: writes a stretch of the simulated street as a data set: PNG
/// frames, tables (samples.csv last: a folder without it is incomplete), and
/// two pictures of it for people.
/// \return the exit code.
/// \throws CommandError
int RunStreet(const StreetOptions& options);

}  // namespace ddnn

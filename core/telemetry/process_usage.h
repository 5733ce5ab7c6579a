#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace ddnn {

/// What a process has used so far, and what it may.
struct ProcessUsage {
  double cpu_seconds = 0;  ///< user and system
  double virtual_bytes = 0;
  double resident_bytes = 0;
  double start_seconds = 0;  ///< since the machine's boot
};

/// \param stat  content of /proc/PID/stat, see proc(5).
/// \return nothing if it is not that.
std::optional<ProcessUsage> ParseProcessStat(std::string_view stat);

/// \param folder  /proc/PID.
/// \return nothing if there is no such process.
std::optional<ProcessUsage> ReadProcessUsage(
    const std::filesystem::path& folder = "/proc/self");

/// Files that this process has open.
double OpenFileCount();
/// Files that it may open.
double OpenFileLimit();

/// Unix time of the machine's boot; 0 where the kernel does not tell.
double BootSeconds();

}  // namespace ddnn

#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace ddnn {

/// The process of this machine, if any, that runs an agent with this
/// configuration. Of other users' processes only those are seen that /proc
/// shows to us, and that were given an absolute path.
std::optional<pid_t> RunningAgent(const std::filesystem::path& config);

}  // namespace ddnn

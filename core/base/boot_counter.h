#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/clock.h"
#include "core/base/config.h"

namespace ddnn {

/// Declares the key `state_dir`: the folder for the little that an agent wants
/// to find again after a restart. The default is the first folder of the
/// environment's STATE_DIRECTORY, which systemd sets for StateDirectory=; else
/// none, and nothing is kept.
/// \param field  set to the default at once.
void AddStateDirKey(ConfigTable* table, std::filesystem::path* field);

/// The boot number of an agent that starts now, by which others tell its runs
/// apart: unix seconds, but always more than that of the run before, however
/// the clock was set since. Counted in `<state_dir>/<agent>.boot.json`, which
/// is written before anybody hears of the number and survives a crash.
///
/// A file that is lost or makes no sense costs a line in the log, and its use:
/// the number is then unix seconds, as it is at the number's end (2^32 - 1).
/// The same if the folder is full, broken or read-only since a power cut: an
/// agent can do without.
///
/// \param state_dir  empty: unix seconds, nothing is written.
/// \throws ConfigError  naming `state_dir`, if that is no folder in which the
///     agent may make files.
std::uint32_t CountBoot(const std::filesystem::path& state_dir,
                        const std::string& agent, Instant now);

}  // namespace ddnn

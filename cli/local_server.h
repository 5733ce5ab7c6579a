#pragma once

#include <cstdint>
#include <string>

#include "cli/child_process.h"

namespace ddnn {

/// A TCP port of an IPv4 address of this machine that nobody listens on at the
/// moment, chosen by the kernel.
/// \throws CommandError  kExitUnavailable: there is none.
std::uint16_t FreePort(const std::string& host);

/// Waits until a program that was started takes connections.
/// \return false if it ended, or does not within `limit`.
bool AwaitServer(ChildProcess& process, const std::string& host,
                 std::uint16_t port, milliseconds limit);

}  // namespace ddnn

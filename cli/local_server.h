#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

/// The first of these pages that a server has: not all versions of a program
/// have the same.
/// \param url    http://HOST:PORT
/// \param paths  with their slashes.
/// \param limit  a server that says 503 is starting: it is waited for so long.
/// \return the page's URL; that of "/" if it has none of them.
std::string FindPage(const std::string& url,
                     const std::vector<std::string>& paths, milliseconds limit);

}  // namespace ddnn

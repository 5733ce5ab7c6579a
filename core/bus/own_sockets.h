#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace ddnn {

/// This process's TCP sockets that are connected to a port, as descriptors.
///
/// Paho keeps its socket to itself and has no option for it, so it is found
/// through /proc/self/fd. Descriptors may be closed by their owner at any time:
/// use them at once, and only for what would not hurt another connection to the
/// same port.
std::vector<int> OwnSocketsTo(std::uint16_t port);

/// Sets up the sockets that are connected to a port.
///
/// TCP_NODELAY: without it a small message waits for the acknowledgement of the
/// one before, up to 40 ms. TCP_USER_TIMEOUT: the kernel gives a connection up
/// whose peer has acknowledged nothing of what was sent for `silent`; otherwise
/// it tries for a quarter of an hour, ever less often, and goes on late even
/// where the network is back.
/// \return how many sockets there were.
int SetUpSocketsTo(std::uint16_t port, std::chrono::milliseconds silent);

}  // namespace ddnn

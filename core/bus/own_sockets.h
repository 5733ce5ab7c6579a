#pragma once

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

/// Sets TCP_NODELAY on them: without it a small message waits for the
/// acknowledgement of the one before, up to 40 ms.
/// \return how many sockets there were.
int SendWithoutDelayTo(std::uint16_t port);

}  // namespace ddnn

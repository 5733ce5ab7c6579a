#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace ddnn {

/// A time packet of NTP, without extensions (RFC 5905, 7.3).
using NtpPacket = std::array<std::uint8_t, 48>;

/// What another host's clock says beside ours.
struct ClockOffset {
  std::chrono::nanoseconds ahead{0};  ///< of us: theirs minus ours
  std::chrono::nanoseconds error{0};  ///< half the way there and back
};

/// A client's question.
/// \param cookie  comes back in the answer, and tells it from a forged one.
NtpPacket NtpRequest(std::uint64_t cookie);

/// \param sent, received  when the question left and the answer came, by ours.
/// \return kMalformed: not an answer to this question, or one from before it;
///     kRefused: the host says
///     that its own clock is not set.
Result<ClockOffset> ReadNtpReply(const NtpPacket& reply, std::uint64_t cookie,
                                 Instant sent, Instant received);

/// Asks a host for its time over NTP. Waits a second at most, and as long as
/// the resolver takes for the host's name.
/// \return kNotConnected: nobody answers; else as ReadNtpReply().
Result<ClockOffset> AskForTime(const std::string& host,
                               std::uint16_t port = 123);

/// How wrong this machine's clock may be, by its own account; nothing if
/// nobody keeps it right.
std::optional<std::chrono::microseconds> OwnClockError();

}  // namespace ddnn

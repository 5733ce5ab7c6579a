#include "cli/network_time.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <random>

namespace ddnn {
namespace {

using std::chrono::nanoseconds;

constexpr int kTimeoutMs = 1000;
constexpr std::uint8_t kVersion4Client = 4 << 3 | 3;
constexpr std::uint8_t kServerMode = 4;
constexpr std::uint8_t kAlarm = 3;  // the leap indicator of a clock not set
constexpr std::size_t kOriginate = 24;
constexpr std::size_t kReceive = 32;
constexpr std::size_t kTransmit = 40;
constexpr std::int64_t kUnixEpoch = 2'208'988'800;  // seconds since 1900

std::uint64_t ReadU64(const NtpPacket& packet, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | packet[at + i];
  return value;
}

/// \param near  tells which of NTP's eras of 136 years it is.
Instant ToInstant(std::uint64_t timestamp, Instant near) {
  const auto near_s =
      std::chrono::floor<std::chrono::seconds>(near).time_since_epoch().count();
  const auto era_s = static_cast<std::int32_t>(
      static_cast<std::uint32_t>(timestamp >> 32) -
      static_cast<std::uint32_t>(near_s + kUnixEpoch));
  const auto fraction_ns = static_cast<std::int64_t>(
      (timestamp & 0xffff'ffff) * 1'000'000'000 >> 32);
  return Instant(std::chrono::seconds(near_s + era_s) +
                 nanoseconds(fraction_ns));
}

/// A socket that takes packets of this host alone; -1 if there is none.
int OpenSocket(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints,
                    &list) != 0) {
    return -1;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(
      list, &::freeaddrinfo);
  const int fd = ::socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && ::connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

Result<ClockOffset> Ask(int fd) {
  const std::uint64_t cookie =
      std::uint64_t{std::random_device{}()} << 32 | std::random_device{}();
  const NtpPacket request = NtpRequest(cookie);
  NtpPacket reply{};
  const SystemClock clock;
  const Instant sent = clock.Now();
  pollfd wait{fd, POLLIN, 0};
  if (::send(fd, request.data(), request.size(), 0) < 0 ||
      ::poll(&wait, 1, kTimeoutMs) <= 0 ||
      ::recv(fd, reply.data(), reply.size(), MSG_DONTWAIT) !=
          static_cast<ssize_t>(reply.size())) {
    return Error::kNotConnected;
  }
  return ReadNtpReply(reply, cookie, sent, clock.Now());
}

}  // namespace

NtpPacket NtpRequest(std::uint64_t cookie) {
  NtpPacket packet{};
  packet[0] = kVersion4Client;
  for (std::size_t i = 0; i < 8; ++i) {
    packet[kTransmit + i] = static_cast<std::uint8_t>(cookie >> (56 - 8 * i));
  }
  return packet;
}

Result<ClockOffset> ReadNtpReply(const NtpPacket& reply, std::uint64_t cookie,
                                 Instant sent, Instant received) {
  if ((reply[0] & 7) != kServerMode || ReadU64(reply, kOriginate) != cookie) {
    return Error::kMalformed;
  }
  const bool is_set = reply[0] >> 6 != kAlarm && reply[1] >= 1 &&
                      reply[1] <= 15 && ReadU64(reply, kTransmit) != 0;
  if (!is_set) return Error::kRefused;
  const Instant came = ToInstant(ReadU64(reply, kReceive), received);
  const Instant left = ToInstant(ReadU64(reply, kTransmit), received);
  const auto way = (received - sent) - (left - came);
  if (left < came || way < nanoseconds(0)) return Error::kMalformed;
  return ClockOffset{.ahead = ((came - sent) + (left - received)) / 2,
                     .error = way / 2};
}

Result<ClockOffset> AskForTime(const std::string& host, std::uint16_t port) {
  const int fd = OpenSocket(host, port);
  if (fd < 0) return Error::kNotConnected;
  auto offset = Ask(fd);
  ::close(fd);
  return offset;
}

std::optional<std::chrono::microseconds> OwnClockError() {
  timex state{};
  if (::adjtimex(&state) < 0 || (state.status & STA_UNSYNC) != 0) {
    return std::nullopt;
  }
  return std::chrono::microseconds(state.maxerror);
}

}  // namespace ddnn

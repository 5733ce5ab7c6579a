#include "core/bus/own_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace ddnn {
namespace {

/// The port that a TCP socket is connected to; 0 for anything else.
std::uint16_t PeerPort(int fd) {
  int type = 0;
  socklen_t type_size = sizeof(type);
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 ||
      type != SOCK_STREAM) {
    return 0;
  }
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof(peer);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) {
    return 0;
  }
  if (peer.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&peer)->sin_port);
  }
  if (peer.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_port);
  }
  return 0;
}

}  // namespace

std::vector<int> OwnSocketsTo(std::uint16_t port) {
  std::vector<int> sockets;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd >= 0 && PeerPort(fd) == port) sockets.push_back(fd);
  }
  return sockets;
}

int SetUpSocketsTo(std::uint16_t port, std::chrono::milliseconds silent) {
  const int on = 1;
  const auto silent_ms = static_cast<unsigned>(silent.count());
  int count = 0;
  for (const int fd : OwnSocketsTo(port)) {
    const bool done =
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent_ms,
                   sizeof(silent_ms)) == 0;
    if (done) ++count;
  }
  return count;
}

}  // namespace ddnn

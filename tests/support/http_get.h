#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

namespace ddnn {

/// A TCP connection to a port of 127.0.0.1, for what no decent client does.
class LoopbackSocket {
 public:
  explicit LoopbackSocket(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(fd_, reinterpret_cast<const sockaddr*>(&address),
                    sizeof address);
  }
  ~LoopbackSocket() { ::close(fd_); }
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;

  void Send(std::string_view text) const {
    (void)::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  /// The next bytes; fewer if the other side closes or says nothing for 30 s.
  std::string Read(std::size_t size) const {
    std::string bytes(size, '\0');
    const ssize_t n = ::recv(fd_, bytes.data(), size, MSG_WAITALL);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }
  /// All that comes until the other side closes. Fails the test if it says
  /// nothing for 30 s.
  std::string ReadAll() const {
    std::string all;
    while (ReadMore(&all)) continue;
    return all;
  }
  /// What comes until it holds `text`, or as ReadAll().
  std::string ReadUntil(std::string_view text) const {
    std::string all;
    while (all.find(text) == std::string::npos && ReadMore(&all)) continue;
    return all;
  }

 private:
  bool ReadMore(std::string* all) const {
    std::array<char, 4096> part;
    const ssize_t n = ::recv(fd_, part.data(), part.size(), 0);
    EXPECT_TRUE(n >= 0 || errno != EAGAIN) << "nothing came for 30 s";
    if (n > 0) all->append(part.data(), static_cast<std::size_t>(n));
    return n > 0;
  }

  int fd_;
};

/// The port of HOST:PORT, a path after it or not.
inline int PortOf(const std::string& address) {
  return std::stoi(address.substr(address.rfind(':') + 1));
}

struct HttpAnswer {
  int status = 0;  ///< 0: none came
  std::string body;
};

inline HttpAnswer HttpGet(int port, const std::string& path,
                          const std::string& method = "GET") {
  const LoopbackSocket socket(port);
  socket.Send(method + " " + path +
              " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  const std::string all = socket.ReadAll();
  const std::size_t body = all.find("\r\n\r\n");
  if (!all.starts_with("HTTP/1.1 ") || body == std::string::npos) return {};
  return {std::stoi(all.substr(9, 3)), all.substr(body + 4)};
}

}  // namespace ddnn

#include "cli/local_server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "cli/command.h"

namespace ddnn {
namespace {

constexpr std::chrono::seconds kAnswerTimeout{5};

sockaddr_in AddressOf(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = ::inet_addr(host.c_str());
  return address;
}

bool TakesConnections(const std::string& host, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = AddressOf(host, port);
  const bool connected =
      fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                           sizeof(address)) == 0;
  if (fd >= 0) ::close(fd);
  return connected;
}

}  // namespace

std::uint16_t FreePort(const std::string& host) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf(host, 0);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = fd >= 0 && ::bind(fd, generic, length) == 0 &&
                     ::getsockname(fd, generic, &length) == 0;
  if (fd >= 0) ::close(fd);
  if (!bound) {
    throw CommandError(kExitUnavailable, "no free port at " + host);
  }
  return ntohs(address.sin_port);
}

bool AwaitServer(ChildProcess& process, const std::string& host,
                 std::uint16_t port, milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (process.Running() && std::chrono::steady_clock::now() < deadline) {
    if (TakesConnections(host, port)) return process.Running();
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

std::string FindPage(const std::string& url,
                     const std::vector<std::string>& paths,
                     milliseconds limit) {
  constexpr int kFound = 200;
  constexpr int kStarting = 503;
  httplib::Client http(url);
  http.set_connection_timeout(kAnswerTimeout);
  http.set_read_timeout(kAnswerTimeout);
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (const std::string& path : paths) {
    auto answer = http.Get(path);
    while (answer && answer->status == kStarting &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(50));
      answer = http.Get(path);
    }
    if (answer && answer->status == kFound) return url + path;
  }
  return url + "/";
}

}  // namespace ddnn

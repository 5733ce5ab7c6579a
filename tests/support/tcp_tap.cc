#include "tests/support/tcp_tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace ddnn {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

TcpTap::TcpTap(std::uint16_t target_port) : target_port_(target_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, length) != 0 ||
      ::getsockname(listener_, generic, &length) != 0 ||
      ::listen(listener_, 8) != 0) {
    throw std::runtime_error("no loopback port for the tap");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

TcpTap::~TcpTap() {
  stop_ = true;
  thread_.join();
  CloseAll();
  ::close(listener_);
}

void TcpTap::Cut() {
  cut_ = true;
  while (cut_) std::this_thread::yield();
}

std::string TcpTap::Sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::string TcpTap::Received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void TcpTap::Run() {
  while (!stop_) {
    if (cut_) {
      CloseAll();
      cut_ = false;
    }
    std::vector<pollfd> polled = {{listener_, POLLIN, 0}};
    for (const Link& link : links_) {
      polled.push_back({link.client, POLLIN, 0});
      polled.push_back({link.server, POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), 5) <= 0) continue;
    std::vector<Link> open;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const Link link = links_[i];
      const bool alive = (polled[1 + 2 * i].revents == 0 ||
                          Relay(link.client, link.server, &sent_)) &&
                         (polled[2 + 2 * i].revents == 0 ||
                          Relay(link.server, link.client, &received_));
      if (alive) {
        open.push_back(link);
      } else {
        ::close(link.client);
        ::close(link.server);
      }
    }
    links_ = std::move(open);
    if (polled[0].revents != 0) Accept();
  }
}

void TcpTap::Accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(target_port_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address)) == 0) {
    links_.push_back({client, server});
  } else {
    ::close(client);
    ::close(server);
  }
}

bool TcpTap::Relay(int from, int to, std::string* kept) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(from, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  {
    const std::lock_guard lock(mutex_);
    kept->append(buffer.data(), static_cast<std::size_t>(size));
  }
  return SendAll(to, buffer.data(), static_cast<std::size_t>(size));
}

void TcpTap::CloseAll() {
  for (const Link& link : links_) {
    ::close(link.client);
    ::close(link.server);
  }
  links_.clear();
}

std::vector<std::size_t> PublishPackets(const std::string& sent) {
  constexpr unsigned kPublish = 3;
  std::vector<std::size_t> sizes;
  for (std::size_t begin = 0; begin + 2 <= sent.size();) {
    std::size_t remaining = 0;
    std::size_t position = begin + 1;
    for (unsigned shift = 0; position < sent.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(sent[position++]);
      remaining += static_cast<std::size_t>(byte & 127U) << shift;
      if (byte < 128) break;
    }
    const std::size_t end = position + remaining;
    if (end > sent.size()) break;
    if (static_cast<unsigned char>(sent[begin]) >> 4U == kPublish) {
      sizes.push_back(end - begin);
    }
    begin = end;
  }
  return sizes;
}

}  // namespace ddnn

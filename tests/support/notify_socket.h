#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace ddnn {

/// Stands in for systemd: what this process, and those it starts while this
/// object lives, tell by sd_notify(3). One at a time.
class NotifySocket {
 public:
  /// \param watchdog  as WatchdogSec=; 0: none.
  explicit NotifySocket(std::chrono::microseconds watchdog = {}) {
    const std::string path = (folder_ / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address),
                     sizeof(address)),
              0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    if (watchdog.count() > 0) {
      ::setenv("WATCHDOG_USEC", std::to_string(watchdog.count()).c_str(), 1);
    }
  }
  ~NotifySocket() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::close(socket_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  /// What was told since the last call, in order.
  std::vector<std::string> Take() const {
    std::vector<std::string> heard;
    std::array<char, 1000> text;
    ssize_t size = 0;
    while ((size = ::recv(socket_, text.data(), text.size(), 0)) >= 0) {
      heard.emplace_back(text.data(), static_cast<std::size_t>(size));
    }
    return heard;
  }

 private:
  const TempFolder folder_;
  int socket_ = -1;
};

}  // namespace ddnn

#include "bench/soak/delay_line.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <string>
#include <system_error>
#include <utility>

#include "cli/command.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kLargestFrame = 1 << 16;
constexpr milliseconds kLookEvery{50};

ifreq RequestFor(const char* device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  return request;
}

/// \return errno's value; 0 = well.
int SetUp(int tap, int socket, const char* like) {
  ifreq device = RequestFor(DelayLine::kDevice);
  device.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (::ioctl(tap, TUNSETIFF, &device) != 0) return errno;
  ifreq address = RequestFor(like);
  if (::ioctl(socket, SIOCGIFHWADDR, &address) != 0) return errno;
  std::strncpy(address.ifr_name, DelayLine::kDevice, IFNAMSIZ - 1);
  if (::ioctl(socket, SIOCSIFHWADDR, &address) != 0) return errno;
  device.ifr_flags = IFF_UP;
  return ::ioctl(socket, SIOCSIFFLAGS, &device) == 0 ? 0 : errno;
}

/// In the calling thread's namespace. \return its descriptor.
int MakeTap(const char* like) {
  const int tap = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int error = tap < 0 ? errno : SetUp(tap, socket, like);
  ::close(socket);
  if (error == 0) return tap;
  if (tap >= 0) ::close(tap);
  throw CommandError(
      kExitUnavailable,
      "a TAP device cannot be made: " + std::generic_category().message(error));
}

/// The kernel itself says something of IPv6 on a new device.
bool IsIpv4(const std::string& frame) {
  return frame.size() > 14 && frame[12] == '\x08' && frame[13] == '\x00';
}

void Relay(int tap, milliseconds delay, const std::stop_token& stop) {
  struct Held {
    steady_clock::time_point until;
    std::string frame;
  };
  std::deque<Held> held;
  std::string buffer(kLargestFrame, '\0');
  while (!stop.stop_requested() || !held.empty()) {
    const auto now = steady_clock::now();
    while (!held.empty() && held.front().until <= now) {
      const std::string frame = std::move(held.front().frame);
      held.pop_front();
      if (::write(tap, frame.data(), frame.size()) < 0) continue;  // as lost
    }
    const auto wait =
        held.empty()
            ? kLookEvery
            : std::chrono::ceil<milliseconds>(held.front().until - now);
    pollfd readable{tap, POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(std::min(wait, kLookEvery).count()));
    for (;;) {
      const ssize_t size = ::read(tap, buffer.data(), buffer.size());
      if (size <= 0) break;
      std::string frame(buffer, 0, static_cast<std::size_t>(size));
      if (!IsIpv4(frame) || held.size() == DelayLine::kMostFrames) continue;
      held.push_back({steady_clock::now() + delay, std::move(frame)});
    }
  }
}

}  // namespace

DelayLine::DelayLine(const TierNetwork& network, Tier where,
                     const char* interface, milliseconds delay) {
  network.Enter(where);
  int tap = -1;
  try {
    tap = MakeTap(interface);
  } catch (const CommandError&) {
    network.Enter(Tier::kEdge);
    throw;
  }
  network.Enter(Tier::kEdge);
  relay_ = std::jthread([tap, delay](const std::stop_token& stop) {
    Relay(tap, delay, stop);
    ::close(tap);
  });
}

}  // namespace ddnn

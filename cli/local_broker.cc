#include "cli/local_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <thread>

#include "cli/command.h"
#include "cli/installation.h"
#include "core/base/file.h"

namespace ddnn {
namespace {

constexpr int kAttempts = 3;
constexpr milliseconds kStartLimit{10000};

sockaddr_in AddressOf(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = ::inet_addr(host.c_str());
  return address;
}

/// A port that nobody listens on at the moment, chosen by the kernel.
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

bool TakesConnections(const std::string& host, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = AddressOf(host, port);
  const bool connected =
      fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                           sizeof(address)) == 0;
  if (fd >= 0) ::close(fd);
  return connected;
}

bool WaitUntilReady(ChildProcess& process, const std::string& host,
                    std::uint16_t port) {
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (process.Running() && std::chrono::steady_clock::now() < deadline) {
    if (TakesConnections(host, port)) return process.Running();
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

}  // namespace

LocalBroker StartBroker(const std::filesystem::path& settings,
                        const std::filesystem::path& folder,
                        const BrokerOptions& options) {
  const std::string program = MosquittoProgram().string();
  const std::string project_settings = ValueOrThrow(ReadFile(settings));
  const auto file = folder / "mosquitto.conf";
  std::string log;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::uint16_t port = FreePort(options.host);
    // `user root` only says not to change user when root starts it: a change
    // would clear the signal that ends it together with this process.
    ValueOrThrow(WriteFileAtomically(
        file, fmt::format("listener {} {}\n{}allow_anonymous true\nuser root\n"
                          "log_dest stderr\n\n# {}\n{}",
                          port, options.host,
                          options.topic_aliases ? "" : "max_topic_alias 0\n",
                          settings.string(), project_settings)));
    auto process =
        ValueOrThrow(ChildProcess::Start("broker", {program, "-c", file},
                                         folder / "broker.log"),
                     kExitUnavailable);
    if (WaitUntilReady(process, options.host, port)) {
      return {std::move(process),
              fmt::format("mqtt://{}:{}", options.host, port)};
    }
    process.Stop(milliseconds(0));
    log = process.LastLines(5);
  }
  throw CommandError(kExitUnavailable,
                     fmt::format("the broker does not start ({} -c {}):\n{}",
                                 program, settings.string(), log));
}

}  // namespace ddnn

// Brokers that do not answer, or not for long.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "tests/integration/bus_client.h"
#include "tests/support/mosquitto.h"
#include "tests/support/tcp_listener.h"
#include "tests/support/tcp_tap.h"

namespace ddnn {
namespace {

TEST(BusAttemptsTest, BrokerThatHangsUpIsTriedEverLessOften) {
  const TcpListener broker;
  Client a(UrlOf(broker.port()), "a");
  a.Start();
  std::vector<std::chrono::steady_clock::duration> waits;
  int connection = broker.Accept();
  for (int attempts = 0; attempts < 6; ++attempts) {
    // From before the hanging up, so that no delay here makes a wait shorter.
    const auto begin = std::chrono::steady_clock::now();
    ::close(connection);
    connection = broker.Accept();
    waits.push_back(std::chrono::steady_clock::now() - begin);
  }
  ::close(connection);
  // 100, 200, 400, 800 and 1000 ms, half as much more or less.
  EXPECT_GT(waits[4], std::chrono::milliseconds(450));
  EXPECT_GT(waits[5], std::chrono::milliseconds(450));
}

/// Ports of this machine from which a connection to `port` is being tried.
std::set<std::string> PortsTrying(std::uint16_t port) {
  std::ifstream table("/proc/net/tcp");
  const std::string there = fmt::format("0100007F:{:04X}", port);
  std::set<std::string> here;
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number, from, to, state;
    words >> number >> from >> to >> state;
    if (to == there && state == "02") here.insert(from);
  }
  return here;
}

/// Connects to a port until nothing answers there any more, since the queue of
/// its listener is full. In a process of its own: the bus knows its sockets by
/// their port.
class Crowd {
 public:
  /// Returns once all have tried.
  explicit Crowd(std::uint16_t port) : pid_(::fork()) {
    if (pid_ != 0) {
      ::waitpid(pid_, nullptr, WUNTRACED);
      return;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    for (int i = 0; i < 20; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address));
    }
    while (true) ::raise(SIGSTOP);
  }
  ~Crowd() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

 private:
  pid_t pid_;
};

TEST(BusAttemptsTest, SilentMachineIsTriedAnewAfterTwoSeconds) {
  const TcpListener silent;
  const Crowd crowd(silent.port());
  std::set<std::string> tried = PortsTrying(silent.port());
  const std::size_t before = tried.size();
  ASSERT_GE(before, 10U);
  Client a(UrlOf(silent.port()), "a");
  const auto begin = std::chrono::steady_clock::now();
  const auto took = [&] { return std::chrono::steady_clock::now() - begin; };
  a.Start();
  while (tried.size() < before + 2 && took() < std::chrono::seconds(9)) {
    tried.merge(PortsTrying(silent.port()));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GE(took(), std::chrono::milliseconds(1900));
  EXPECT_LT(took(), std::chrono::seconds(9));
}

TEST(BusAttemptsTest, StopEndsAnAttemptToConnect) {
  const Mosquitto broker;
  TcpTap tap(broker.port());
  broker.Freeze();
  Client a(UrlOf(tap.port()), "a");
  a.Start();
  while (tap.Sent().empty()) std::this_thread::yield();  // CONNECT is out
  const auto begin = std::chrono::steady_clock::now();
  a.bus->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST(BusAttemptsTest, SilentBrokerIsNoticedByItsKeepAlive) {
  const Mosquitto broker;
  MqttConfig config;
  config.url = broker.url();
  config.keep_alive_s = 1;
  BusListener hears;
  const auto bus = MakePahoBus(config, "a");
  bus->Start(hears.Sink());
  ASSERT_TRUE(hears.WaitForConnection());
  broker.Freeze();
  EXPECT_TRUE(hears.WaitFor([](const auto& events) {
    return std::holds_alternative<BusDisconnected>(events.back());
  }));
  bus->Stop();
}

}  // namespace
}  // namespace ddnn

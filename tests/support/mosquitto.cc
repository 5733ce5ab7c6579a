#include "tests/support/mosquitto.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ddnn {
namespace {

constexpr int kAttempts = 3;
constexpr std::chrono::seconds kStartLimit{10};

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool TakesConnections(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool connected =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address)) == 0;
  ::close(fd);
  return connected;
}

/// Debian keeps mosquitto in /usr/sbin, which users' PATHs lack.
std::string Program() {
  const std::string standard = "/usr/sbin/mosquitto";
  return std::filesystem::exists(standard) ? standard : "mosquitto";
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string WithPort(std::string settings, std::uint16_t port) {
  const std::string placeholder = "{port}";
  if (const auto at = settings.find(placeholder); at != std::string::npos) {
    settings.replace(at, placeholder.size(), std::to_string(port));
  }
  return settings;
}

}  // namespace

Mosquitto::Mosquitto(std::string settings) : settings_(std::move(settings)) {
  // Somebody else may take the port between its choice and its use.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    port_ = FreePort();
    Launch();
    if (WaitUntilReady()) return;
    Stop();
  }
  throw std::runtime_error("mosquitto does not start:\n" + Log());
}

Mosquitto::~Mosquitto() { Stop(); }

void Mosquitto::Start() {
  Launch();
  if (!WaitUntilReady()) {
    throw std::runtime_error("mosquitto does not start again:\n" + Log());
  }
}

void Mosquitto::Launch() {
  const auto file = folder_ / "mosquitto.conf";
  // `user root` = do not change user when root starts it: it could not read
  // the test's files.
  std::ofstream(file) << "log_dest stderr\nuser root\n"
                      << WithPort(settings_, port_) << "\n"
                      << ReadAll(BrokerFolder() / "mosquitto.conf");
  const std::string program = Program();
  const std::string log = folder_ / "mosquitto.log";
  const std::string folder = folder_.path();  // for what it may store
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ != 0) return;
  // In the child: only what is safe after fork() in a process with threads.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
  if (::chdir(folder.c_str()) != 0) ::_exit(1);
  ::execlp(program.c_str(), program.c_str(), "-c", file.c_str(), nullptr);
  ::_exit(127);
}

bool Mosquitto::WaitUntilReady() const {
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) return false;
    if (TakesConnections(port_)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

void Mosquitto::Stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Mosquitto::Freeze() const { ::kill(pid_, SIGSTOP); }

std::string Mosquitto::url() const {
  return "mqtt://127.0.0.1:" + std::to_string(port_);
}

std::string Mosquitto::Log() const {
  return ReadAll(folder_ / "mosquitto.log");
}

std::uint16_t FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(fd, generic, length) == 0 &&
                     ::getsockname(fd, generic, &length) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free loopback port");
  return ntohs(address.sin_port);
}

std::filesystem::path BrokerFolder() {
  return std::filesystem::path(DDNN_SOURCE_DIR) / "broker";
}

}  // namespace ddnn

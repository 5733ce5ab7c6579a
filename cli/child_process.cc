#include "cli/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spdlog/fmt/fmt.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

#include "cli/command.h"

namespace ddnn {
namespace {

/// Runs in the child between fork and exec: only async-signal-safe calls, as
/// the parent has other threads.
[[noreturn]] void Become(char* const* argv, int log_fd, int report_fd,
                         pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(EXIT_FAILURE);  // it died meanwhile
  // Neither the mask nor an ignored signal is undone by exec.
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int null_fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null_fd, STDIN_FILENO);
  ::dup2(log_fd, STDOUT_FILENO);
  ::dup2(log_fd, STDERR_FILENO);
  ::execv(argv[0], argv);
  const int error = errno;
  [[maybe_unused]] const auto written =
      ::write(report_fd, &error, sizeof(error));
  ::_exit(EXIT_FAILURE);
}

/// A file descriptor that closes itself.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { Close(); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;

  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

Failure StartFailure(const std::string& program, int error) {
  return {Error::kUnreadable,
          fmt::format("cannot start {}: {}", program,
                      std::generic_category().message(error))};
}

}  // namespace

ChildProcess::ChildProcess(std::string name, pid_t pid,
                           std::filesystem::path log)
    : name_(std::move(name)), log_(std::move(log)), pid_(pid) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : name_(std::move(other.name_)),
      log_(std::move(other.log_)),
      pid_(std::exchange(other.pid_, -1)),
      wait_status_(other.wait_status_) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0 && Running()) Stop(milliseconds(0));
}

Result<ChildProcess> ChildProcess::Start(
    std::string name, const std::vector<std::string>& command,
    std::filesystem::path log) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const auto& argument : command) {
    argv.push_back(const_cast<char*>(argument.c_str()));  // exec's old type
  }
  argv.push_back(nullptr);

  std::array<int, 2> pipe_fds{};
  if (::pipe2(pipe_fds.data(), O_CLOEXEC) != 0) {
    return StartFailure(command.front(), errno);
  }
  const Fd report(pipe_fds[0]);
  Fd child_report(pipe_fds[1]);
  const Fd log_fd(
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log_fd.get() < 0) return StartFailure(command.front(), errno);

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return StartFailure(command.front(), errno);
  if (pid == 0) {
    Become(argv.data(), log_fd.get(), child_report.get(), parent);
  }
  child_report.Close();

  ChildProcess child(std::move(name), pid, std::move(log));
  int error = 0;
  // The pipe closes silently when exec succeeds.
  if (::read(report.get(), &error, sizeof(error)) == sizeof(error)) {
    child.WaitFor(milliseconds(1000));
    return StartFailure(command.front(), error);
  }
  return child;
}

bool ChildProcess::Running() {
  if (wait_status_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  wait_status_ = status;
  return false;
}

std::optional<int> ChildProcess::exit_code() const {
  if (!wait_status_ || !WIFEXITED(*wait_status_)) return std::nullopt;
  return WEXITSTATUS(*wait_status_);
}

std::string ChildProcess::HowItEnded() const {
  if (!wait_status_) return "running";
  if (const auto code = exit_code()) return fmt::format("exit code {}", *code);
  const int number = WTERMSIG(*wait_status_);
  return fmt::format("signal {} ({})", number, ::sigdescr_np(number));
}

void ChildProcess::Signal(int number) {
  if (Running()) ::kill(pid_, number);
}

bool ChildProcess::WaitFor(milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (Running()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

void ChildProcess::Stop(milliseconds grace) {
  Signal(SIGTERM);
  if (WaitFor(grace)) return;
  Signal(SIGKILL);
  WaitFor(milliseconds(5000));
}

std::string ChildProcess::LastLines(int lines) const {
  constexpr std::streamoff kTailBytes = 4096;
  std::ifstream in(log_, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const auto size = static_cast<std::streamoff>(in.tellg());
  const auto count = std::min(size, kTailBytes);
  std::string tail(static_cast<std::size_t>(count), '\0');
  in.seekg(size - count);
  in.read(tail.data(), count);
  while (!tail.empty() && tail.back() == '\n') tail.pop_back();

  std::size_t start = tail.size();
  for (int i = 0; i < lines; ++i) {
    if (start == 0) return tail;
    start = tail.rfind('\n', start - 1);
    if (start == std::string::npos) return tail;
  }
  return tail.substr(start + 1);
}

ChildProcess StartIn(const std::filesystem::path& folder,
                     const std::string& name,
                     const std::vector<std::string>& command) {
  return ValueOrThrow(
      ChildProcess::Start(name, command, folder / (name + ".log")),
      kExitUnavailable);
}

void StopTogether(const std::vector<ChildProcess*>& processes,
                  milliseconds grace) {
  for (ChildProcess* process : processes) process->Signal(SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + grace;
  for (ChildProcess* process : processes) {
    process->Stop(std::chrono::duration_cast<milliseconds>(
        deadline - std::chrono::steady_clock::now()));
  }
}

}  // namespace ddnn

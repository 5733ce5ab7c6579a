#include "core/base/program.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <iostream>

#include "core/base/exit_code.h"

namespace ddnn {
namespace {

/// \return kExitOk to go on, else the code to end with.
int LoadAndRun(const Program& program, const std::string& config,
               bool check_only) {
  try {
    program.table->Load(config);
    program.check();
    if (check_only) {
      std::cout << config << ": ok\n";
      return kExitOk;
    }
    return program.run();
  } catch (const ConfigError& e) {
    std::cerr << program.name << ": " << e.what() << '\n';
    return kExitConfig;
  } catch (const std::exception& e) {
    std::cerr << program.name << ": internal error: " << e.what() << '\n';
    return kExitSoftware;
  }
}

/// Where the handler writes: a handler can be told nothing.
std::atomic<int> stop_event{-1};

void TellEvent(int fd) {
  const std::uint64_t one = 1;
  // Cannot fail: the counter would need 2^64 calls to be full.
  [[maybe_unused]] const auto written = ::write(fd, &one, sizeof(one));
}

extern "C" void PassOnSignal(int /*signal*/) {
  const int saved_errno = errno;
  TellEvent(stop_event);
  errno = saved_errno;
}

void InstallHandler() {
  struct sigaction action {};
  action.sa_handler = PassOnSignal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) {
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void AddLogKeys(ConfigTable* table, LogOptions* options) {
  table->Choice("log.level", &options->level,
                {"debug", "info", "warning", "error"},
                "least important lines to print");
  table->Choice("log.format", &options->format, {"text", "json"},
                "json: one object a line");
}

int RunProgram(const Program& program, int argc, char** argv) {
  CLI::App app(program.purpose, program.name);
  std::string config;
  bool check_only = false;
  app.add_option("--config", config, "configuration, YAML")->required();
  app.add_flag("--check-config", check_only, "check the configuration and end");
  app.set_version_flag("--version", program.name + " " DDNN_VERSION);
  app.footer("Keys of the configuration:\n" + program.table->Describe());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? kExitOk : kExitUsage;
  }
  return LoadAndRun(program, config, check_only);
}

StopSignal::StopSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal_fd_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
  event_fd_ = ::eventfd(0, EFD_CLOEXEC);
  stop_event = event_fd_;
  InstallHandler();
}

StopSignal::~StopSignal() {
  // The handler stays: what ended the wait may still be on its way to it.
  stop_event = -1;
  ::close(signal_fd_);
  ::close(event_fd_);
}

void StopSignal::Wait() {
  std::array<pollfd, 2> fds{{{signal_fd_, POLLIN, 0}, {event_fd_, POLLIN, 0}}};
  while (::poll(fds.data(), fds.size(), -1) < 0) {
    // Interrupted (a debugger, SIGCONT): wait on.
  }
}

void StopSignal::Notify() { TellEvent(event_fd_); }

}  // namespace ddnn

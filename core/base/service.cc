#include "core/base/service.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace ddnn {
namespace {

void Tell(const std::string& state) {
  // Without systemd this does nothing; with it nothing can be done about a
  // failure.
  (void)::sd_notify(/*unset_environment=*/0, state.c_str());
}

}  // namespace

Service::Service() {
  std::uint64_t limit_us = 0;
  if (::sd_watchdog_enabled(/*unset_environment=*/0, &limit_us) > 0) {
    period_ = std::chrono::microseconds(limit_us / 3);
  }
}

void Service::Ready(const std::string& status) const {
  Tell("READY=1\nSTATUS=" + status);
}

void Service::Say(const std::string& status) const { Tell("STATUS=" + status); }

void Service::Stopping() const { Tell("STOPPING=1"); }

void Service::Beat(TimePoint now) {
  if (period_.count() == 0 || now < next_) return;
  next_ = now + period_;
  Tell("WATCHDOG=1");
}

}  // namespace ddnn

#include "cli/audit/audit_command.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <optional>

#include "cli/audit/audit.h"
#include "cli/audit/group_ear.h"
#include "cli/command.h"
#include "cli/output_files.h"
#include "cli/stop_flag.h"
#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/bus/paho_bus.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

constexpr int kExitNotClean = 1;
constexpr std::size_t kQueuedEvents = 1 << 14;
constexpr milliseconds kLookEvery{100};
constexpr std::chrono::seconds kProgressEvery{10};

struct Heard {
  BusEvent event;
  Instant at;
};

/// One audit, from the first connection to the verdict.
class AuditRun {
 public:
  explicit AuditRun(const AuditCommandOptions& options)
      : options_(options),
        ear_(options.site, options.group),
        audit_({.grace = milliseconds(options.grace_ms)}),
        bus_(MakePahoBus(options.mqtt, fmt::format("audit-{}", ::getpid()))) {
    ear_.Subscribe(bus_.get());
    bus_->Start([this](BusEvent event) {
      events_.TryPush({std::move(event), clock_.Now()});
    });
  }
  ~AuditRun() { bus_->Stop(); }
  AuditRun(const AuditRun&) = delete;
  AuditRun& operator=(const AuditRun&) = delete;

  /// \return the exit code.
  int Listen(const StopFlag& stop) {
    const auto begin = steady_clock::now();
    auto progress = begin + kProgressEvery;
    while (!stop.raised() && !refused_) {
      const auto now = steady_clock::now();
      if (options_.seconds > 0 &&
          now - begin >= std::chrono::duration<double>(options_.seconds)) {
        break;
      }
      if (now >= progress) {
        progress = now + kProgressEvery;
        ShowProgress();
      }
      if (const auto heard = events_.PopUntil(now + kLookEvery)) Take(*heard);
      NoteDrops();
      audit_.OnTime(clock_.Now());
    }
    if (refused_) return kExitRefused;
    return Conclude();
  }

 private:
  void Take(const Heard& heard) {
    if (const auto* message = std::get_if<BusMessage>(&heard.event)) {
      if (const auto event = ear_.Hear(*message)) {
        audit_.OnHeard(*event, heard.at);
      }
    } else if (const auto* end = std::get_if<BusDisconnected>(&heard.event)) {
      audit_.OnDisconnected(heard.at);
      refused_ = end->final;
      std::cerr << "ddnn audit: " << end->reason
                << (end->final ? "" : "; trying again") << '\n';
    } else {
      audit_.OnConnected(heard.at);
    }
  }

  /// What did not fit was not heard.
  void NoteDrops() {
    if (events_.dropped() == dropped_) return;
    dropped_ = events_.dropped();
    audit_.OnDisconnected(clock_.Now());
    audit_.OnConnected(clock_.Now());
  }

  void ShowProgress() const {
    const AuditFigures& figures = audit_.figures();
    std::cerr << fmt::format(
        "{} samples, {} answered, {} lost, {} covered, {} repeats, {} "
        "duplicates, {} unaccounted\n",
        figures.mentioned, figures.answered(), figures.lost(), figures.covered,
        figures.repeats, figures.duplicates, figures.unaccounted);
  }

  int Conclude() {
    if (!ear_.config()) {
      throw CommandError(
          kExitUnavailable,
          fmt::format("nothing was heard of group {} of site {} at {}: look at "
                      "the names, and whether an edge runs",
                      options_.group, options_.site, options_.mqtt.url));
    }
    audit_.Finish(clock_.Now());
    std::cout << ToTable(audit_.figures());
    if (ear_.rejected() + dropped_ > 0) {
      std::cerr << fmt::format(
          "ddnn audit: {} messages were not understood, {} came too fast\n",
          ear_.rejected(), dropped_);
    }
    WriteOutput(options_.json, ToJson(audit_.figures()));
    return audit_.figures().clean() ? kExitOk : kExitNotClean;
  }

  const AuditCommandOptions& options_;
  const SystemClock clock_;
  GroupEar ear_;
  Audit audit_;
  BoundedQueue<Heard> events_{kQueuedEvents,
                              BoundedQueue<Heard>::Policy::kDropNewest};
  std::uint64_t dropped_ = 0;
  bool refused_ = false;
  std::unique_ptr<Bus> bus_;  // last: it fills the queue until it is stopped
};

}  // namespace

int RunAudit(const AuditCommandOptions& options) {
  RequireFolderOf(options.json);
  const StopFlag stop;
  AuditRun run(options);
  return run.Listen(stop);
}

}  // namespace ddnn

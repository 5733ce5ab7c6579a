#include "cli/audit/audit_command.h"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <iostream>

#include "cli/audit/audit.h"
#include "cli/audit/group_ear.h"
#include "cli/command.h"
#include "cli/output_files.h"
#include "cli/stop_flag.h"
#include "cli/subscriber.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kProgressEvery{10};

/// One audit, from the first connection to the verdict.
class AuditRun {
 public:
  explicit AuditRun(const AuditCommandOptions& options)
      : options_(options),
        ear_(options.site, options.group),
        audit_({.grace = milliseconds(options.grace_ms)}),
        subscriber_(MakeCommandBus("audit", options.mqtt), clock_,
                    [this](Bus* bus) { ear_.Subscribe(bus); }) {}

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
      if (const auto heard = subscriber_.Next()) Take(*heard);
      NoteDrops();
      audit_.OnTime(clock_.Now());
    }
    if (refused_) return kExitRefused;
    return Conclude();
  }

 private:
  void Take(const Arrival& heard) {
    if (const auto* message = std::get_if<BusMessage>(&heard.event)) {
      if (const auto event = ear_.Hear(*message)) {
        audit_.OnHeard(*event, heard.at);
      }
    } else if (const auto* end = std::get_if<BusDisconnected>(&heard.event)) {
      audit_.OnDisconnected(heard.at);
      refused_ = end->final;
      std::cerr << DisconnectedText("audit", *end);
    } else {
      audit_.OnConnected(heard.at);
    }
  }

  /// What did not fit was not heard.
  void NoteDrops() {
    if (subscriber_.dropped() == dropped_) return;
    dropped_ = subscriber_.dropped();
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
    std::cerr << MissedText("audit", ear_.rejected(), dropped_);
    WriteOutput(options_.json, ToJson(audit_.figures()));
    return audit_.figures().clean() ? kExitOk : kExitUnclean;
  }

  const AuditCommandOptions& options_;
  const SystemClock clock_;
  GroupEar ear_;
  Audit audit_;
  Subscriber subscriber_;
  std::uint64_t dropped_ = 0;  // noted so far
  bool refused_ = false;
};

}  // namespace

int RunAudit(const AuditCommandOptions& options) {
  RequireFolderOf(options.json);
  const StopFlag stop;
  AuditRun run(options);
  return run.Listen(stop);
}

}  // namespace ddnn

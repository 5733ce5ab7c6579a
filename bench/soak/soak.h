#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/soak/cpu_wait.h"
#include "bench/soak/faults.h"
#include "bench/soak/links.h"
#include "bench/soak/memory_watch.h"
#include "bench/soak/pulse.h"
#include "bench/soak/site.h"
#include "cli/audit/audit.h"
#include "cli/audit/group_ear.h"
#include "cli/scratch_folder.h"
#include "cli/subscriber.h"
#include "cli/tier_network.h"

namespace ddnn {

struct SoakOptions {
  SiteOptions site{};
  bool namespaces = false;  ///< each tier in one of its own, for link faults
  std::uint32_t seed = 1;   ///< of whom faults hit
  bool keep = false;        ///< the folder with configuration and logs
};

/// Longer than this after its end, a fault still being felt is a failure.
inline constexpr milliseconds kRecoveryAllowed{5000};

/// What one fault did.
struct FaultOutcome {
  const FaultKind* kind = nullptr;
  std::string whom;
  milliseconds lasted{};
  /// From the fault's end (a standby's: its begin) to the first tick after
  /// which all was well; nothing: not within kRecoveryLimit.
  std::optional<milliseconds> recovery;
  /// Of the recovery, at most: the longest that one of the site's threads
  /// waited for a CPU meanwhile.
  milliseconds starved{};
  milliseconds pause{};  ///< the longest without a result, since its begin
  /// Of one core: the process that used most while the fault lasted; 0 if that
  /// was less than a second.
  double cpu_percent = 0;
  AuditFigures before;  ///< when it began
  AuditFigures after;   ///< when the group worked again, or later

  /// It came back within kRecoveryAllowed, but for the time that a busy machine
  /// gave it no CPU.
  bool InTime() const {
    return recovery && *recovery - starved <= kRecoveryAllowed;
  }
};

/// A site under an auditor's eyes, and what it takes to hurt it: from the first
/// process to the verdict.
/// Thread-safety: none; use from main()'s thread.
class Soak {
 public:
  static constexpr milliseconds kRecoveryLimit{20'000};
  /// Half of an edge's deadline for scores: so much of it no agent needs.
  static constexpr milliseconds kStarved{250};

  /// Starts broker and auditor.
  /// \throws CommandError  kExitUnavailable: a program, the right to make
  ///     namespaces, or something of what Links need is missing.
  explicit Soak(const SoakOptions& options);
  Soak(const Soak&) = delete;
  Soak& operator=(const Soak&) = delete;

  /// Starts all agents and waits until the group works.
  /// \throws CommandError  kExitUnavailable: it does not within 60 s, or a
  ///     process ended by itself; so do all that follow.
  void Start();

  /// Lets a fault happen, and waits until the group works again.
  /// \param hold  so long instead of the kind's own time.
  FaultOutcome Inject(const FaultKind& kind,
                      std::optional<milliseconds> hold = {});
  /// Waits until all that a fault left open is judged.
  void Settle(FaultOutcome* outcome);

  /// Goes on listening. \return true as soon as `condition` holds, false after
  ///     `limit` or once the stop says so.
  bool Await(const std::function<bool()>& condition, milliseconds limit);
  void Listen(milliseconds time) {
    Await([] { return false; }, time);
  }
  /// Asked at each wait: true = nothing is waited for any more.
  void SetStop(std::function<bool()> stop) { stop_ = std::move(stop); }

  /// Stops the devices, waits for the last answers, stops the edges.
  /// \return the final audit; nothing counts as in flight.
  AuditFigures Finish();

  Site& site() { return site_; }
  const Pulse& pulse() const { return pulse_; }
  /// What it knows of the group's configuration, leader and agents.
  const GroupEar& ear() const { return ear_; }
  const AuditFigures& figures() const { return audit_.figures(); }
  const MemoryWatch& memory() const { return memory_; }
  /// Seconds in which one of the site's threads had work and no CPU for
  /// kStarved or longer, since other work had it.
  int starved_seconds() const { return starved_seconds_; }
  Instant Now() const { return clock_.Now(); }

 private:
  void Take(const Arrival& heard);
  void LookAround();
  void MeasureNeed();

  const SystemClock clock_;
  const ScratchFolder folder_;
  std::unique_ptr<TierNetwork> network_;
  std::unique_ptr<Links> links_;
  Site site_;
  Injector injector_;
  GroupEar ear_;
  Audit audit_;
  Pulse pulse_;
  MemoryWatch memory_;
  std::function<bool()> stop_ = [] { return false; };
  bool connected_ = false;
  bool ending_ = false;
  Instant look_at_{};
  std::optional<CpuWait> cpu_wait_;  // since the last look
  int starved_seconds_ = 0;
  std::optional<Subscriber> subscriber_;  // at the recorder
};

}  // namespace ddnn

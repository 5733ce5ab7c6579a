#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "bench/soak/soak.h"
#include "tests/support/metrics_page.h"

namespace ddnn {

/// All that the six devices see in a second, rounded up: the measure of what a
/// fault may cost. Bounds are two to three times what docs/reliability.md says.
inline constexpr std::uint64_t kSamplesPerSecond = 50;
/// What a fault that costs nothing may cost: the samples of two ticks.
inline constexpr std::uint64_t kHandful = 5;

/// The longest without a result until a standby leads: a lease of 3 s, and what
/// it takes to notice.
inline constexpr milliseconds kTakeover{4000};

/// What a fault may cost, from its begin on. To all but `covered` comes what
/// the devices see in the seconds in which other work had the site's CPU, see
/// Soak::starved_seconds().
struct Cost {
  /// Samples that nothing but a range loss covers: where somebody who alone
  /// had heard of them is gone.
  std::uint64_t covered = 0;
  /// Samples with a loss of their own.
  std::uint64_t lost = kHandful;
  /// Answers without all views, or by a shallower exit than asked for.
  std::uint64_t degraded = kHandful;
  /// Answers beyond the last deadline: none as long as the edge and its broker
  /// go on and devices reach them.
  std::uint64_t late = 0;
  /// Flagged answers to what was answered before.
  std::uint64_t repeats = 0;
};

/// A site of real processes on which one thing goes wrong, and what must hold
/// all the same. For one test; failures and skips are the test's.
class SiteUnderFault {
 public:
  explicit SiteUnderFault(SoakOptions options = {});

  /// The group works. If not, the test has failed, or is skipped since this
  /// machine cannot make the site.
  bool works() const { return works_; }
  Soak& soak() { return *soak_; }

  /// What comes now is the fault: costs and pauses count from here. So do
  /// Hurt() and Trouble().
  void NoteBegin();
  /// Lets a fault happen and expects the group to work within 5 s of its end,
  /// not counting the time that a busy machine gave it no CPU.
  FaultOutcome Hurt(std::string_view kind);
  /// Does something for a while, and expects the same.
  void Trouble(const std::function<void()>& action, milliseconds time);

  /// Expects that since the fault's begin no more than this went by without a
  /// result, not counting the time without a CPU.
  void ExpectPause(milliseconds most);
  /// Expects that within 5 s the owner leads, and the group works.
  void ExpectOwnerLeads();
  /// How often the group was opened since the fault's begin: once for a return,
  /// twice for a standby that took over and gave back.
  std::uint32_t Openings() const;
  /// What an agent shows on /metrics.
  MetricsPage Page(std::string_view agent) const;

  /// Ends the site and expects that every sample is accounted for, none twice,
  /// and that no more is lost than the cost says.
  void ExpectAccounted(const Cost& cost);

 private:
  void Begin(const SoakOptions& options);

  std::unique_ptr<Soak> soak_;
  bool works_ = false;
  /// Expects it within `allowed`, not counting the time without a CPU.
  void ExpectInTime(const std::function<bool()>& condition,
                    milliseconds allowed);
  /// From now on, for the second that shows it.
  void ExpectWellAgain();
  /// Seconds since the begin in which it had too little CPU.
  int StarvedSeconds() const {
    return soak_->starved_seconds() - starved_seconds_;
  }

  Instant begin_{};          // of the fault
  AuditFigures before_;      // the fault
  std::uint32_t term_ = 0;   // of the group, before the fault
  int starved_seconds_ = 0;  // of the site, before the fault
};

/// The whole of most tests.
void ExpectHarmless(std::string_view kind, const Cost& cost = {},
                    SoakOptions options = {});

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "bench/soak/soak.h"

namespace ddnn {

/// All that the six devices see in a second, rounded up: the measure of what a
/// fault may cost. Bounds are two to three times what docs/reliability.md says,
/// and where that is nothing, a second's samples: on a busy machine what comes
/// too late is lost with a reason.
inline constexpr std::uint64_t kSamplesPerSecond = 50;

/// What a fault may cost, from its begin on.
struct Cost {
  /// Samples that nothing but a range loss covers: where somebody who alone
  /// had heard of them is gone.
  std::uint64_t covered = 0;
  /// Samples with a loss of their own.
  std::uint64_t lost = kSamplesPerSecond;
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

  /// Lets a fault happen and expects the group to work within 5 s of its end,
  /// not counting the time that a busy machine gave it no CPU.
  FaultOutcome Hurt(std::string_view kind);
  /// Does something for a while, and expects the same.
  void Trouble(const std::function<void()>& action, milliseconds time);

  /// Ends the site and expects that every sample is accounted for, none twice,
  /// and that no more is lost than the cost says.
  void ExpectAccounted(const Cost& cost);

 private:
  void Begin(const SoakOptions& options);

  std::unique_ptr<Soak> soak_;
  bool works_ = false;
  AuditFigures before_;  // the fault
};

/// The whole of most tests.
void ExpectHarmless(std::string_view kind, const Cost& cost = {},
                    SoakOptions options = {});

}  // namespace ddnn

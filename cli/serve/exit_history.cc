#include "cli/serve/exit_history.h"

#include <algorithm>
#include <numeric>

namespace ddnn {
namespace {

std::int64_t SecondOf(Instant now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch())
      .count();
}

std::size_t SlotOf(std::int64_t second) {
  constexpr std::int64_t kSlots = ExitHistory::kSeconds;
  return static_cast<std::size_t>((second % kSlots + kSlots) % kSlots);
}

}  // namespace

void ExitHistory::Counts::Add(const Counts& other) {
  for (const Outcome outcome : kOutcomes) {
    At(outcomes, outcome) += At(other.outcomes, outcome);
  }
}

std::uint32_t ExitHistory::Counts::results() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), 0U) -
         At(outcomes, Outcome::kLost);
}

void ExitHistory::Add(Outcome outcome, Instant now) {
  ++At(CountsAt(now).outcomes, outcome);
}

ExitHistory::Counts& ExitHistory::CountsAt(Instant now) {
  const std::int64_t second = SecondOf(now);
  if (!first_) {
    first_ = second;
    newest_ = second;
  }
  // Seconds in which nothing came must not show what was there a round ago.
  const std::int64_t stale = std::max(newest_, second - kSeconds);
  for (std::int64_t s = stale + 1; s <= second; ++s) ring_[SlotOf(s)] = {};
  newest_ = std::max(newest_, second);
  return ring_[SlotOf(newest_)];
}

ExitHistory::Counts ExitHistory::Of(std::int64_t second) const {
  const bool known = first_ && second <= newest_ && second > newest_ - kSeconds;
  return known ? ring_[SlotOf(second)] : Counts{};
}

double ExitHistory::PerSecond(Instant now) const {
  if (!first_) return 0;
  const std::int64_t second = SecondOf(now);
  const auto whole =
      std::clamp<std::int64_t>(second - *first_, 1, kRateSeconds);
  std::uint64_t results = 0;
  for (std::int64_t s = second - whole; s < second; ++s) {
    results += Of(s).results();
  }
  return static_cast<double>(results) / static_cast<double>(whole);
}

std::vector<ExitHistory::Counts> ExitHistory::Steps(Instant now) const {
  constexpr std::int64_t kSteps = kSeconds / kStepSeconds;
  // Steps start at whole multiples, so that a bar does not change its samples
  // once it is complete.
  const std::int64_t newest = SecondOf(now) / kStepSeconds;
  std::vector<Counts> steps(kSteps);
  for (std::int64_t i = 0; i < kSteps; ++i) {
    const std::int64_t start = (newest - kSteps + 1 + i) * kStepSeconds;
    for (std::int64_t s = start; s < start + kStepSeconds; ++s) {
      steps[static_cast<std::size_t>(i)].Add(Of(s));
    }
  }
  return steps;
}

}  // namespace ddnn

#include "bench/fleet/ledger.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "cli/summary.h"

namespace ddnn {
namespace {

std::size_t IndexOf(Tier exit) { return static_cast<std::size_t>(exit); }

/// Collects one kind of latency, group after group.
class LatencyOf {
 public:
  void Add(double ms) { group_.push_back(ms); }

  void EndGroup() {
    worst_p99_ = std::max(worst_p99_, QuantilesOf(group_).p99);
    all_.insert(all_.end(), group_.begin(), group_.end());
    group_.clear();
  }

  Latency Total() const { return {QuantilesOf(all_), worst_p99_}; }

 private:
  std::vector<double> group_;
  std::vector<double> all_;
  double worst_p99_ = 0;
};

}  // namespace

struct Ledger::Waits {
  LatencyOf decided;
  LatencyOf heard;
};

Quantiles QuantilesOf(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return {values.size(), NearestRank(values, 0.50), NearestRank(values, 0.90),
          NearestRank(values, 0.99), values.back()};
}

Ledger::Ledger(int groups) : groups_(static_cast<std::size_t>(groups)) {}

void Ledger::OnSchedule(int group, const TickSchedule& schedule) {
  const std::lock_guard lock(mutex_);
  auto& known = groups_[static_cast<std::size_t>(group)].schedule;
  if (!known) known = schedule;
}

std::optional<Instant> Ledger::AllBegun() const {
  const std::lock_guard lock(mutex_);
  Instant last{};
  for (const Group& group : groups_) {
    if (!group.schedule) return std::nullopt;
    last = std::max(last, group.schedule->start);
  }
  return last;
}

std::vector<double> Ledger::Phases() const {
  const std::lock_guard lock(mutex_);
  const TickSchedule& first = *groups_.front().schedule;
  const double period_ms = 1000 / first.ticks_per_second;
  std::vector<double> phases;
  for (const Group& group : groups_) {
    const std::chrono::duration<double, std::milli> after =
        group.schedule->start - first.start;
    const double phase = std::fmod(after.count(), period_ms);
    phases.push_back(phase < 0 ? phase + period_ms : phase);
  }
  return phases;
}

Tick Ledger::TickFrom(int group, Instant at) const {
  const std::lock_guard lock(mutex_);
  const auto& schedule = *groups_[static_cast<std::size_t>(group)].schedule;
  const std::chrono::duration<double> since = at - schedule.start;
  return schedule.first_tick + static_cast<Tick>(std::ceil(
                                   since.count() * schedule.ticks_per_second));
}

void Ledger::OnSeen(int group, const SampleId& sample) {
  const std::lock_guard lock(mutex_);
  At(group, sample).seen = true;
}

void Ledger::OnResult(int group, const SampleResult& result, Instant heard) {
  const std::lock_guard lock(mutex_);
  Entry& entry = At(group, result.sample);
  if (++entry.answers > 1) return;
  entry.status = result.status;
  entry.exit = result.exit;
  entry.decided_ms = result.latency_ms;
  entry.heard = heard;
}

void Ledger::OnLoss(int group, const SampleId& sample) {
  const std::lock_guard lock(mutex_);
  At(group, sample).lost = true;
}

void Ledger::Count(const Entry& entry, FleetFigures* figures) {
  if (!entry.seen) {
    ++figures->unexpected;
    return;
  }
  ++figures->samples;
  if (entry.lost) ++figures->lost;
  if (entry.answers == 0) {
    if (!entry.lost) ++figures->missing;
    return;
  }
  ++figures->answered;
  figures->duplicates += entry.answers - 1;
  if (entry.status == ResultStatus::kDegraded) ++figures->degraded;
  if (entry.status == ResultStatus::kFallback) ++figures->fallbacks;
}

FleetFigures Ledger::Summarize(Instant from, Instant to) const {
  const std::lock_guard lock(mutex_);
  FleetFigures figures;
  PerExit<Waits> waits;
  for (const Group& group : groups_) {
    for (const auto& [sample, entry] : group.entries) {
      const Instant instant = group.schedule->InstantOf(sample.tick);
      if (instant < from || instant >= to) continue;
      Count(entry, &figures);
      if (!entry.seen || entry.answers == 0) continue;
      if (entry.status == ResultStatus::kFallback) continue;
      Waits& of_exit = waits[IndexOf(entry.exit)];
      of_exit.decided.Add(entry.decided_ms);
      of_exit.heard.Add(
          std::chrono::duration<double, std::milli>(entry.heard - instant)
              .count());
    }
    for (Waits& of_exit : waits) {
      of_exit.decided.EndGroup();
      of_exit.heard.EndGroup();
    }
  }
  for (const Tier exit : kTiers) {
    const Waits& of_exit = waits[IndexOf(exit)];
    figures.exits[IndexOf(exit)] = {of_exit.decided.Total(),
                                    of_exit.heard.Total()};
  }
  return figures;
}

}  // namespace ddnn

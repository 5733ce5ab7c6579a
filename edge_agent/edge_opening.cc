// How a group opens: anew, in a former lead's schedule, or again in its own;
// and how its lead steps down, or follows its clock.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "edge_agent/edge_pipeline.h"

namespace ddnn {
namespace {

/// Paced groups start this much later, so that every device knows the schedule
/// before its first tick.
constexpr milliseconds kPacedLead{500};
/// Devices speak of an old schedule for as long, at most.
constexpr std::chrono::seconds kStillSpoken{1};

}  // namespace

void EdgePipeline::OpenIfDue(Instant now) {
  const LeaseKeeper& lease = leadership_.lease();
  if (lease.role() == LeaseKeeper::Role::kFollows) return StepDown();
  if (lease.role() != LeaseKeeper::Role::kLeads || gave_up()) return;
  if (open()) return OpenAgain(now);
  const bool gathered = members_.claims().complete() || now >= *open_at_;
  const bool paced = config_.ticks_per_s > 0;
  // Unpaced, whoever is there first would run ahead of the others.
  if (!gathered && !paced) return;
  if (const auto former = leadership_.retained().Resumable(now)) {
    return Begin(former->schedule, former->decided, now);
  }
  if (gathered) BeginAnew(now);
}

void EdgePipeline::BeginAnew(Instant now) {
  const bool paced = config_.ticks_per_s > 0;
  auto schedule = TickSchedule::StartingAt(paced ? now + kPacedLead : now,
                                           config_.ticks_per_s);
  // No two runs share ticks, also where a clock was set back.
  const auto unused = leadership_.retained().FirstUnused();
  if (unused && Before(schedule.first_tick, *unused)) {
    schedule.first_tick = *unused;
  }
  Begin(schedule, std::nullopt, now);
}

void EdgePipeline::FollowClock(Instant now) {
  const Instant last = std::exchange(last_time_, now);
  if (!open()) return;
  const bool set_back = now + kLargestSetBack < last;
  if (config_.ticks_per_s <= 0) {
    // Ticks do not fall due; but what is open would wait for as long.
    if (set_back) coordinator_->OnTime(last + milliseconds(config_.cloud_ms));
    return;
  }
  const TickSchedule& schedule = coordinator_->schedule();
  if (set_back) {
    spdlog::warn(
        "clock_set_back group={} by_s={:.1f} instead=\"a new schedule\" "
        "remedy=\"set the clocks of all machines by NTP\"",
        config_.group, std::chrono::duration<double>(last - now).count());
  } else if (schedule.IsWornOut(now)) {
    spdlog::info("schedule_worn_out group={} instead=\"a new schedule\"",
                 config_.group);
  } else {
    return;
  }
  EndAll(schedule.LastDue(last + kStillSpoken), now);
  BeginAnew(now);
}

void EdgePipeline::OpenAgain(Instant now) {
  const std::uint32_t term = leadership_.lease().term();
  if (term == opened_term_) return;
  opened_term_ = term;
  coordinator_->Open(now);
  publisher_.Reopen(term);
  spdlog::info("group_open_again group={} term={}", config_.group, term);
}

void EdgePipeline::Begin(const TickSchedule& schedule,
                         std::optional<Tick> resume_after, Instant now) {
  const Claims& claims = members_.claims();
  members_.rivals().SetOpened();
  opened_term_ = leadership_.lease().term();
  CoordinatorOptions options = MakeCoordinatorOptions(config_, schedule);
  options.remote_edges = branches_;
  options.offload = tree_.offload();
  options.resume_after = resume_after;
  options.on_complete = [stage = metrics_.wait_for_views](
                            std::chrono::duration<double> waited) mutable {
    stage.Observe(std::max(0.0, waited.count()));
  };
  coordinator_ = std::make_unique<Coordinator>(network_, std::move(options));
  intake_.Open(coordinator_.get());
  for (int i = 0; i < network_->bundle().device_count(); ++i) {
    coordinator_->SetAlive(i, claims.Sees(i), now);
  }
  for (const int node : branches_) {
    coordinator_->SetAlive(node, claims.Sees(node), now);
  }
  coordinator_->Open(now);
  const Tick decided = resume_after.value_or(schedule.first_tick - 1);
  publisher_.Open(schedule, opened_term_, decided);
  spdlog::log(claims.complete() ? spdlog::level::info : spdlog::level::warn,
              "group_open group={} agents={}/{} term={} {}={}", config_.group,
              claims.count(), claims.expected(), opened_term_,
              resume_after ? "resumed_after_tick" : "first_tick",
              resume_after.value_or(schedule.first_tick));
}

void EdgePipeline::StepDown() {
  if (!open()) return;
  // The new lead answers what is in flight: it is not decided.
  const std::size_t in_flight = coordinator_->samples_in_flight();
  intake_.Close();
  coordinator_.reset();
  publisher_.Close();
  spdlog::warn("stepped_down group={} samples_in_flight={}", config_.group,
               in_flight);
  ++presence_.counters()["stepped_down"];
  if (!config_.standby) presence_.SayHello();  // so that it is given back
}

}  // namespace ddnn

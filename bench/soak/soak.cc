#include "bench/soak/soak.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <variant>

#include "cli/command.h"
#include "core/bus/paho_bus.h"
#include "core/telemetry/process_usage.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kLookEvery{20};
constexpr milliseconds kLookAroundEvery{1000};
constexpr milliseconds kConnectLimit{10'000};
constexpr milliseconds kStartLimit{60'000};
/// The watermark comes once a second, the auditor's grace is 3 s.
constexpr milliseconds kUntilJudged{4500};
/// After its last tick, a sample may take as long as the cloud's deadline.
constexpr milliseconds kLastAnswers{3000};
/// What devices said last comes by the recorder.
constexpr milliseconds kLastScores{500};
constexpr milliseconds kNeedTime{1000};

std::unique_ptr<TierNetwork> MakeNetwork(const SoakOptions& options,
                                         const std::filesystem::path& folder) {
  if (!options.namespaces) return nullptr;
  if (const std::string why = Links::Missing(); !why.empty()) {
    throw CommandError(kExitUnavailable, "namespaces: " + why);
  }
  auto network = std::make_unique<TierNetwork>(folder);
  network->Enter(Tier::kEdge);
  return network;
}

using CpuSeconds = std::map<pid_t, double>;

CpuSeconds CpuSecondsOf(const std::vector<Site::Process>& processes) {
  CpuSeconds used;
  for (const Site::Process& process : processes) {
    const auto usage = ReadProcessUsage(std::filesystem::path("/proc") /
                                        std::to_string(process.pid));
    if (usage) used[process.pid] = usage->cpu_seconds;
  }
  return used;
}

/// Of one core; 0 if the time is too short to tell.
double BusiestPercent(const CpuSeconds& before, const CpuSeconds& after,
                      std::chrono::duration<double> time) {
  double most_s = 0;
  for (const auto& [pid, used_s] : after) {
    const auto at = before.find(pid);
    if (at != before.end()) most_s = std::max(most_s, used_s - at->second);
  }
  return time < std::chrono::seconds(1) ? 0 : 100 * most_s / time.count();
}

}  // namespace

Soak::Soak(const SoakOptions& options)
    : folder_(options.keep),
      network_(MakeNetwork(options, folder_.path())),
      links_(network_ ? std::make_unique<Links>(network_.get(), folder_.path())
                      : nullptr),
      site_(options.site, folder_.path(), network_.get()),
      injector_(&site_, links_.get(), options.seed),
      ear_(std::string(Site::kSite), std::string(Site::kGroup)),
      audit_({.in_flight = milliseconds(0)}) {
  site_.StartBroker();
  MqttConfig mqtt;
  mqtt.url = site_.recorder_url();
  subscriber_.emplace(MakePahoBus(mqtt, "auditor"), clock_,
                      [this](Bus* bus) { ear_.Subscribe(bus); });
  if (!Await([this] { return connected_; }, kConnectLimit)) {
    throw CommandError(kExitUnavailable, "the recorder does not answer");
  }
}

void Soak::Start() {
  const Instant begin = Now();
  site_.StartAgents();
  const auto works = [&] {
    return ear_.leader() == Site::kOwner && pulse_.WellSince(begin).has_value();
  };
  if (!Await(works, kStartLimit) && !stop_()) {
    throw CommandError(
        kExitUnavailable,
        fmt::format("the group does not work within {} s of its start; '{}' "
                    "leads, {} agents are online, {} samples were answered",
                    kStartLimit.count() / 1000, ear_.leader(),
                    ear_.online().size(), figures().answered()));
  }
  if (network_) MeasureNeed();
}

void Soak::MeasureNeed() {
  const auto before = network_->InterfaceBytes(Tier::kDevice);
  const Instant begin = Now();
  Listen(kNeedTime);
  const std::chrono::duration<double> time = Now() - begin;
  injector_.SetNeed(
      static_cast<double>(network_->InterfaceBytes(Tier::kDevice) - before) /
      time.count());
}

FaultOutcome Soak::Inject(const FaultKind& kind,
                          std::optional<milliseconds> hold) {
  FaultOutcome outcome;
  outcome.kind = &kind;
  outcome.lasted = hold.value_or(kind.lasts);
  outcome.before = figures();
  const Instant begin = Now();
  outcome.whom = injector_.Begin(kind);
  const auto used = CpuSecondsOf(site_.Running());
  std::optional<CpuWait> wait;
  const auto look = [&] {
    if (wait) wait->Look(site_.Running(), Now());
    return false;
  };
  if (kind.needs_standby) wait.emplace(site_.Running());
  Await(look, outcome.lasted);
  outcome.cpu_percent =
      BusiestPercent(used, CpuSecondsOf(site_.Running()), Now() - begin);
  injector_.End();
  const Instant from = kind.needs_standby ? begin : Now();
  if (!wait) wait.emplace(site_.Running());
  std::optional<Instant> well;
  Await(
      [&] {
        look();
        return (well = pulse_.WellSince(from)).has_value();
      },
      kRecoveryLimit);
  if (well) {
    outcome.recovery = std::chrono::duration_cast<milliseconds>(*well - from);
  }
  outcome.starved = well ? wait->LongestUntil(*well) : wait->Longest();
  outcome.pause = pulse_.LongestPauseSince(begin);
  outcome.after = figures();
  return outcome;
}

void Soak::Settle(FaultOutcome* outcome) {
  Listen(kUntilJudged);
  outcome->after = figures();
}

bool Soak::Await(const std::function<bool()>& condition, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (!condition()) {
    const auto now = steady_clock::now();
    if (stop_() || now >= deadline) return false;
    auto heard = subscriber_->Next(std::min(deadline, now + kLookEvery));
    for (; heard; heard = subscriber_->Next({})) Take(*heard);
    LookAround();
  }
  return true;
}

void Soak::Take(const Arrival& heard) {
  if (const auto* message = std::get_if<BusMessage>(&heard.event)) {
    const auto event = ear_.Hear(*message);
    if (!event) return;
    audit_.OnHeard(*event, heard.at);
    pulse_.OnHeard(*event, heard.at);
  } else if (std::holds_alternative<BusConnected>(heard.event)) {
    connected_ = true;
    audit_.OnConnected(heard.at);
  } else {
    throw CommandError(kExitUnavailable, "the auditor lost the recorder");
  }
}

void Soak::LookAround() {
  const Instant now = Now();
  injector_.Go(now);
  audit_.OnTime(now);
  if (subscriber_->dropped() > 0) {
    throw CommandError(kExitUnavailable, "the auditor cannot keep pace");
  }
  if (now < look_at_) return;
  look_at_ = now + kLookAroundEvery;
  if (ending_) return;
  const auto running = site_.Running();
  memory_.Look(running, now);
  if (cpu_wait_) {
    cpu_wait_->Look(running, now);
    if (cpu_wait_->Longest() >= kStarved) ++starved_seconds_;
  }
  cpu_wait_.emplace(running);
  if (const auto death = site_.Death()) {
    throw CommandError(kExitUnavailable, *death);
  }
}

AuditFigures Soak::Finish() {
  ending_ = true;
  const auto done = [this] { return audit_.open() == 0; };
  site_.Stop(Site::Role::kDevice);
  Listen(kLastScores);
  Await(done, kLastAnswers);
  site_.Stop(Site::Role::kEdge);
  Await(done, kLastAnswers);
  audit_.Finish(Now());
  return figures();
}

}  // namespace ddnn

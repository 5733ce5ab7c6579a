#include "cli/report/recorded_run.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "core/nn/bundle.h"

namespace ddnn {
namespace {

using Presence = RunFigures::Presence;

Presence PresenceOf(const AgentState& state) {
  if (!state.online) return Presence::kGone;
  return state.camera_up ? Presence::kThere : Presence::kCameraDown;
}

}  // namespace

RecordedRun::RecordedRun(std::string site, std::string group)
    : wanted_site_(std::move(site)),
      wanted_group_(std::move(group)),
      seen_(kMaxDevices),
      missing_(kMaxDevices) {}

bool RecordedRun::Chosen(const RecordedEvent& event) const {
  return (wanted_site_.empty() || event.site == wanted_site_) &&
         (wanted_group_.empty() || event.group == wanted_group_);
}

Status RecordedRun::Choose(const RecordedEvent& event) {
  if (site_.empty() && group_.empty()) {
    site_ = event.site;
    group_ = event.group;
  }
  if (event.site == site_ && event.group == group_) return Done{};
  return Failure{Error::kRefused,
                 fmt::format("there are several groups, among them {}/{} and "
                             "{}/{}: choose with --site and --group",
                             site_, group_, event.site, event.group)};
}

Status RecordedRun::Add(const RecordedEvent& event) {
  if (!start_s_) start_s_ = event.time_s;
  if (const auto* run = std::get_if<RunDescription>(&event.what)) {
    run_ = *run;
    return Done{};
  }
  const auto* state = std::get_if<AgentState>(&event.what);
  const auto* info = std::get_if<AgentCounters>(&event.what);
  if (state == nullptr && info == nullptr) {
    if (!Chosen(event)) return Done{};
    if (auto chosen = Choose(event); !chosen) return chosen;
  }
  end_s_ = std::max(end_s_, event.time_s);
  const double time_s = event.time_s - *start_s_;
  if (const auto* config = std::get_if<GroupConfig>(&event.what)) {
    // A described run starts when its group opens: before, its agents start.
    if (run_ && classes_.empty()) start_s_ = event.time_s;
    AddConfig(*config);
  } else if (const auto* answer =
                 std::get_if<RecordedEvent::Answer>(&event.what)) {
    last_sample_s_ = std::max(last_sample_s_, event.time_s);
    AddAnswer(time_s, *answer);
  } else if (const auto* loss = std::get_if<RecordedEvent::Loss>(&event.what)) {
    last_sample_s_ = std::max(last_sample_s_, event.time_s);
    AddLoss(time_s, *loss);
  } else if (const auto* unheard = std::get_if<TicksUnheard>(&event.what)) {
    figures_.unheard_ticks += Tick{unheard->last - unheard->first} + 1LL;
  } else if (state != nullptr) {
    AddState(event, *state);
  } else if (info != nullptr) {
    AddCounters(event, *info);
  }
  return Done{};
}

void RecordedRun::AddMalformed(const std::string& why) {
  ++malformed_;
  if (first_fault_.empty()) first_fault_ = why;
}

void RecordedRun::AddConfig(const GroupConfig& config) {
  if (!classes_.empty()) return;
  classes_ = config.classes;
  figures_.devices = config.devices;
}

bool RecordedRun::Remember(const SampleId& sample) {
  const bool is_new = seen_samples_.Add(sample);
  if (!is_new) ++figures_.repeats;
  return is_new;
}

void RecordedRun::AddAnswer(double time_s,
                            const RecordedEvent::Answer& answer) {
  const SampleResult& result = answer.result;
  if (!Remember(result.sample)) return;
  const Outcome outcome = OutcomeOf(result);
  ++At(figures_.outcomes, outcome);
  ++At(bins_.At(time_s).outcomes, outcome);
  if (result.status == ResultStatus::kDegraded) ++figures_.degraded;
  At(latency_, outcome).Add(result.latency_ms);
  all_latency_.Add(result.latency_ms);
  content_bytes_ += result.content_bytes;
  views_ += static_cast<std::int64_t>(result.views_used.size());
  for (const int device : result.views_used) {
    ++seen_[static_cast<std::size_t>(device)];
  }
  for (const int device : result.views_missing) {
    ++missing_[static_cast<std::size_t>(device)];
  }
  if (answer.truth) AddTruth(time_s, *answer.truth, result.label);
}

void RecordedRun::AddLoss(double time_s, const RecordedEvent::Loss& loss) {
  if (!Remember(loss.loss.sample)) return;
  ++At(figures_.outcomes, Outcome::kLost);
  ++At(bins_.At(time_s).outcomes, Outcome::kLost);
  ++figures_.losses[std::string(Name(loss.loss.reason))];
  if (loss.truth) AddTruth(time_s, *loss.truth, std::nullopt);
}

void RecordedRun::AddTruth(double time_s, int truth, std::optional<int> label) {
  const std::size_t classes = classes_.size();
  if (figures_.confusion.empty()) {
    figures_.confusion.assign(classes, std::vector<std::int64_t>(classes + 1));
    for (const auto& name : classes_)
      figures_.by_class.emplace_back(name, Tally{});
  }
  const auto row = static_cast<std::size_t>(truth);
  const std::size_t column = label ? static_cast<std::size_t>(*label) : classes;
  // A group that starts anew with other classes does not fit in.
  if (row >= classes || (label && column >= classes)) return;
  ++figures_.confusion[row][column];
  for (Tally* tally : {&figures_.right, &figures_.by_class[row].second,
                       &bins_.At(time_s).right}) {
    tally->correct += label == truth ? 1 : 0;
    ++tally->total;
  }
}

RecordedRun::AgentStory* RecordedRun::StoryOf(const RecordedEvent& event) {
  const std::string name = event.site + "/" + event.agent;
  const auto found = agents_.find(name);
  if (found != agents_.end()) return &found->second;
  if (agents_.size() == kMaxAgents) {
    ++agents_left_out_;
    return nullptr;
  }
  return &agents_[name];
}

void RecordedRun::AddState(const RecordedEvent& event,
                           const AgentState& state) {
  AgentStory* story = StoryOf(event);
  if (story == nullptr) return;
  // A removed agent's last word tells nothing else.
  if (!state.tier.empty()) story->state = state;
  const Presence presence = PresenceOf(state);
  auto& changes = story->changes;
  if (!changes.empty() && changes.back().presence == presence) return;
  if (changes.size() == kMaxChanges) return;
  changes.push_back({event.time_s, presence});
}

void RecordedRun::AddCounters(const RecordedEvent& event,
                              const AgentCounters& counters) {
  AgentStory* story = StoryOf(event);
  if (story == nullptr) return;
  const DeviceBytes now = DeviceBytesIn(counters);
  // A described run's agents started with it; others had counted before.
  DeviceBytes before = story->counted.value_or(run_ ? DeviceBytes{} : now);
  // Who counts less has started anew, from 0.
  if (now.payload_bytes < before.payload_bytes ||
      now.mqtt_bytes < before.mqtt_bytes) {
    before = {};
  }
  story->sent.payload_bytes += now.payload_bytes - before.payload_bytes;
  story->sent.mqtt_bytes += now.mqtt_bytes - before.mqtt_bytes;
  story->counted = now;
}

}  // namespace ddnn

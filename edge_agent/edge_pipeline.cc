#include "edge_agent/edge_pipeline.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "core/bus/topics.h"
#include "core/nn/tier.h"
#include "core/telemetry/stage_timer.h"
#include "core/wire/clock.h"

namespace ddnn {
namespace {

/// What others overwrite is put right no more often.
constexpr std::chrono::seconds kRepairPeriod{1};

double SecondsOf(std::chrono::duration<double> time) { return time.count(); }

}  // namespace

EdgePipeline::EdgePipeline(EdgeConfig config,
                           std::shared_ptr<const Network> network, Tree tree,
                           Bus* bus, EdgeMetrics* metrics, std::uint32_t boot,
                           RunFile* run_file)
    : config_(std::move(config)),
      network_(std::move(network)),
      tree_(std::move(tree)),
      codec_(network_->bundle()),
      metrics_(*metrics),
      presence_(config_, network_->bundle(), tree_.Lead(), bus, metrics, boot),
      leadership_(config_, network_->bundle(), &codec_, &presence_, bus),
      answers_(bus, &presence_.counters()),
      publisher_(config_, network_->bundle(), &answers_, &presence_.counters(),
                 metrics),
      members_(config_, network_->bundle(), tree_, tree_.Lead(), &presence_,
               &leadership_.lease()),
      intake_(*network_, tree_, &codec_, &presence_, metrics),
      run_file_(run_file) {
  if (const auto kept = run_file_ ? run_file_->Read() : std::nullopt) {
    leadership_.retained().OnKept(*kept);
  }
  for (const Place* edge : tree_.PlacesOf(Tier::kEdge)) {
    if (edge == &tree_.Lead()) continue;
    branches_.push_back(edge->sections.front());
  }
  const GroupTopics group(config_.site, config_.group);
  bus->Subscribe(AgentTopics(config_.site, "+").State(), Qos::kAtLeastOnce);
  bus->Subscribe(group.Score("+"), Qos::kAtMostOnce);
  bus->Subscribe(group.Feature("+"), Qos::kAtMostOnce);
  bus->Subscribe(group.Offload("+"), Qos::kAtMostOnce);
  bus->Subscribe(group.Clock("+"), Qos::kAtMostOnce);
  if (!branches_.empty()) {
    bus->Subscribe(group.Relay("+"), Qos::kAtMostOnce);
    bus->Subscribe(group.EdgeScore("+"), Qos::kAtMostOnce);
    bus->Subscribe(group.EdgeFeature("+"), Qos::kAtMostOnce);
  }
  leadership_.Subscribe(bus);
  if (metrics_.broker) BrokerStats::Subscribe(bus);
  bus->Subscribe(CloudAnswerTopic(config_.site, config_.agent),
                 Qos::kAtMostOnce);
}

void EdgePipeline::OnEvent(const BusEvent& event, Instant now) {
  std::visit([this, now](const auto& item) { On(item, now); }, event);
  presence_.OnEvent();
  OnTime(now);
}

void EdgePipeline::On(const BusConnected& connected, Instant now) {
  presence_.OnConnected();
  answers_.BindTo(connected.connection);
  leadership_.OnConnected(connected, now);
  if (!open_at_) open_at_ = now + milliseconds(config_.open_after_ms);
  members_.OnConnected(now);
}

void EdgePipeline::On(const BusDisconnected& disconnected, Instant /*now*/) {
  leadership_.lease().OnDisconnected();
  publisher_.TakeBack(disconnected.unsent);
  presence_.OnDisconnected(disconnected);
}

void EdgePipeline::On(const BusMessage& message, Instant now) {
  if (BrokerStats::IsOne(message.topic)) return OnBrokerStats(message);
  const std::optional<ParsedTopic> topic = ParseTopic(message.topic);
  if (!topic) return presence_.Reject(MessageKind::kOther, "unknown_topic");
  const MessageKind kind = KindOf(*topic);
  if (message.payload.size() > kPayloadLimitBytes) {
    return presence_.Reject(kind, Name(Error::kOversized));
  }
  switch (kind) {
    case MessageKind::kState:
      return Apply(members_.OnState(topic->agent, message.payload,
                                    message.retained, now),
                   now);
    case MessageKind::kLease:
      return leadership_.OnLease(message.payload, now);
    case MessageKind::kConfig:
      return OnConfig(message.payload, now);
    case MessageKind::kDecided:
      return leadership_.OnDecided(message.payload);
    case MessageKind::kAnswer:
      return intake_.OnCloudAnswer(message.payload, now);
    case MessageKind::kClock:
      return OnClock(topic->agent, message.payload, now);
    default:
      break;
  }
  const Claims& claims = members_.claims();
  const std::optional<int> node = kind == MessageKind::kRelay
                                      ? claims.LastNodeOf(topic->agent)
                                      : claims.NodeOf(topic->agent);
  if (!node) return presence_.Reject(kind, "unclaimed");
  intake_.OnNode(*node, kind, message.payload, now);
}

void EdgePipeline::OnConfig(const std::string& payload, Instant now) {
  leadership_.OnConfig(payload);
  if (!open() || payload == publisher_.config()) return;
  presence_.Reject(MessageKind::kConfig, "not_ours");
  if (!IsOver(repair_due_, kRepairPeriod, now)) return;
  if (!leadership_.lease().Valid(now)) return;
  repair_due_ = now + kRepairPeriod;
  publisher_.Repeat();
}

void EdgePipeline::OnBrokerStats(const BusMessage& message) {
  if (!metrics_.broker || !metrics_.broker->Note(message.topic, message.payload,
                                                 &presence_.counters())) {
    presence_.Reject(MessageKind::kOther, "unknown_topic");
  }
}

void EdgePipeline::OnClock(std::string_view agent, const std::string& payload,
                           Instant now) {
  const Result<ClockQuestion> question = DecodeClockQuestion(payload);
  if (!question) {
    return presence_.Reject(MessageKind::kClock, Name(question.error()));
  }
  if (!members_.claims().NodeOf(agent)) {
    return presence_.Reject(MessageKind::kClock, "unclaimed");
  }
  presence_.backlog().Send(
      {.topic = AgentTopics(config_.site, agent).Command("clock"),
       .payload = EncodeClockAnswer({question->asked, now})});
}

void EdgePipeline::Apply(const std::vector<Membership::Change>& changes,
                         Instant now) {
  if (changes.empty()) return;
  int alive_devices = 0;
  for (int i = 0; i < network_->bundle().device_count(); ++i) {
    alive_devices += members_.claims().Sees(i) ? 1 : 0;
  }
  metrics_.devices_alive.Set(alive_devices);
  for (const auto& [node, alive] : changes) {
    const auto boot = members_.claims().BootOf(node);
    if (boot) intake_.NoteSender(node, *boot);
  }
  if (!open()) return;
  for (const auto& [node, alive] : changes) {
    coordinator_->SetAlive(node, alive, now);
  }
}

void EdgePipeline::NoteResults(const std::vector<Action>& actions,
                               Instant now) {
  for (const Action& action : actions) {
    const auto* publish = std::get_if<PublishResult>(&action);
    if (publish == nullptr) continue;
    metrics_.last_result.Set(SecondsOf(now.time_since_epoch()));
    for (const int device : publish->result.views_missing) {
      ++presence_.counters()["views_missing_" + WhyMissing(device)];
    }
  }
}

std::string EdgePipeline::WhyMissing(int device) const {
  const Claims& claims = members_.claims();
  if (!claims.HasAgent(device)) return "gone";
  return claims.Sees(device) ? "silent" : "camera";
}

void EdgePipeline::KeepRun() {
  // Once it is back from the broker, so are all results before it.
  const auto heard = leadership_.retained().heard_decided();
  if (run_file_ == nullptr || !open() || !heard || kept_ == heard) return;
  const TickSchedule& schedule = coordinator_->schedule();
  if (Before(*heard, schedule.first_tick - 1) ||
      Before(publisher_.sent_decided(), *heard)) {
    return;
  }
  kept_ = heard;
  run_file_->Keep({schedule, *kept_});
}

void EdgePipeline::OnTime(Instant now) {
  FollowClock(now);
  Apply(members_.OnTime(now), now);
  OpenIfDue(now);
  leadership_.OnTime(now);
  answers_.SetHeld(!leadership_.lease().Valid(now));
  if (open()) {
    coordinator_->OnTime(now);
    const std::vector<Action> actions = coordinator_->TakeActions();
    NoteResults(actions, now);
    publisher_.CarryOut(actions);
  }
  publisher_.OnTime(now);
  KeepRun();
  presence_.OnTime(now, &answers_);
}

std::optional<Instant> EdgePipeline::NextDeadline() const {
  std::optional<Instant> next;
  const auto consider = [&next](const std::optional<Instant>& other) {
    if (other && (!next || *other < *next)) next = other;
  };
  if (!open() && leadership_.lease().role() == LeaseKeeper::Role::kLeads) {
    consider(open_at_);
  }
  consider(leadership_.lease().NextDeadline());
  consider(members_.NextDeadline());
  if (open()) consider(coordinator_->NextDeadline());
  consider(publisher_.NextDeadline());
  consider(presence_.NextDeadline());
  return next;
}

void EdgePipeline::EndAll(std::optional<Tick> spoken_of, Instant now) {
  if (!open()) return;
  coordinator_->Shutdown();
  intake_.TellUnsaid(members_.claims(),
                     spoken_of.value_or(coordinator_->decided()));
  const std::vector<Action> actions = coordinator_->TakeActions();
  NoteResults(actions, now);
  publisher_.CarryOut(actions);
}

void EdgePipeline::Stop(Instant now) {
  EndAll(std::nullopt, now);
  presence_.Finish();
  publisher_.Finish();
  publisher_.OnTime(now);
}

}  // namespace ddnn

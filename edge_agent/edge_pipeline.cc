#include "edge_agent/edge_pipeline.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "core/bus/topics.h"
#include "core/nn/tier.h"
#include "core/offload/encoded_view.h"
#include "core/telemetry/stage_timer.h"
#include "core/wire/clock.h"

namespace ddnn {
namespace {

/// Paced groups start this much later, so that every device knows the schedule
/// before its first tick.
constexpr milliseconds kPacedLead{500};

double SecondsOf(std::chrono::duration<double> time) { return time.count(); }

}  // namespace

EdgePipeline::EdgePipeline(EdgeConfig config,
                           std::shared_ptr<const Network> network, Tree tree,
                           Bus* bus, EdgeMetrics* metrics, std::uint32_t boot)
    : config_(std::move(config)),
      network_(std::move(network)),
      tree_(std::move(tree)),
      codec_(network_->bundle()),
      metrics_(*metrics),
      presence_(config_, network_->bundle(), tree_.Lead(), bus, metrics, boot),
      publisher_(config_, network_->bundle(), &presence_.backlog(),
                 &presence_.counters(), metrics),
      members_(config_, network_->bundle(), tree_, tree_.Lead(), &presence_),
      sequences_(network_->bundle().nodes.size()) {
  for (const Place* edge : tree_.PlacesOf(Tier::kEdge)) {
    if (edge == &tree_.Lead()) continue;
    branches_.push_back(edge->sections.front());
    for (const int device : tree_.DevicesBelow(*edge)) {
      below_branches_.set(static_cast<std::size_t>(device));
    }
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
  if (metrics_.broker) BrokerStats::Subscribe(bus);
  bus->Subscribe(CloudAnswerTopic(config_.site, config_.agent),
                 Qos::kAtMostOnce);
}

void EdgePipeline::OnEvent(const BusEvent& event, Instant now) {
  std::visit([this, now](const auto& item) { On(item, now); }, event);
  presence_.OnEvent();
  OnTime(now);
}

void EdgePipeline::On(const BusConnected& /*connected*/, Instant now) {
  presence_.OnConnected();
  publisher_.Reopen();
  if (!open() && !open_at_)
    open_at_ = now + milliseconds(config_.open_after_ms);
  members_.OnConnected(now);
}

void EdgePipeline::On(const BusDisconnected& disconnected, Instant /*now*/) {
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
      return Apply(
          members_.OnState(topic->agent, message.payload, message.retained),
          now);
    case MessageKind::kAnswer:
      return OnCloudAnswer(message.payload, now);
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
  if (!open()) return presence_.Reject(kind, "not_open");
  OnNode(*node, kind, message.payload, now);
}

void EdgePipeline::OnNode(int node, MessageKind kind,
                          const std::string& payload, Instant now) {
  const bool is_offload = kind == MessageKind::kOffload;
  if (is_offload != (tree_.offload() != Offload::kNone)) {
    return presence_.Reject(kind, "wrong_offload");
  }
  const bool device = IsDevice(node);
  const bool below_branch =
      device && below_branches_.test(static_cast<std::size_t>(node));
  switch (kind) {
    case MessageKind::kOffload:
      return OnOffload(node, payload, now);
    case MessageKind::kScore:
      if (below_branch) return;  // its branch hears it too
      if (device) return OnScores(node, kind, payload, now);
      break;
    case MessageKind::kRelay:
      if (below_branch) return OnScores(node, kind, payload, now);
      break;
    case MessageKind::kFeature:
      if (below_branch) return;
      if (device) return OnMap(node, kind, payload, now);
      break;
    case MessageKind::kEdgeScore:
      if (!device) return OnEdgeSums(node, payload, now);
      break;
    case MessageKind::kEdgeFeature:
      if (!device) return OnMap(node, kind, payload, now);
      break;
    default:
      break;
  }
  presence_.Reject(kind, "unknown_topic");
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
    if (!alive) sequences_[static_cast<std::size_t>(node)].Forget();
  }
  if (!open()) return;
  for (const auto& [node, alive] : changes) {
    coordinator_->SetAlive(node, alive, now);
  }
}

void EdgePipeline::CountRefusal(MessageKind kind, const Status& status,
                                const char* unwanted) {
  if (status) return;
  if (status.error() == Error::kNotFound) {
    ++presence_.counters()[unwanted];
  } else {
    presence_.Reject(kind, Name(status.error()));
  }
}

void EdgePipeline::NoteSequence(int node, MessageKind kind,
                                std::uint32_t sequence) {
  const SequenceWatch::Verdict verdict =
      sequences_[static_cast<std::size_t>(node)].Note(sequence);
  const std::string name(Name(kind));
  if (verdict.repeated) ++presence_.counters()["duplicates_" + name];
  if (verdict.missing == 0) return;
  presence_.counters()["sequence_gaps_" + name] += verdict.missing;
}

void EdgePipeline::OnScores(int device, MessageKind kind,
                            const std::string& payload, Instant now) {
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, device);
  if (!message) return presence_.Reject(kind, Name(message.error()));
  NoteSequence(device, kind, message->sequence);
  Gather(device, kind, message->ticks, now);
}

void EdgePipeline::OnOffload(int device, const std::string& payload,
                             Instant now) {
  constexpr MessageKind kKind = MessageKind::kOffload;
  const Result<OffloadMessage> message = codec_.DecodeOffload(payload);
  if (!message) return presence_.Reject(kKind, Name(message.error()));
  if (message->offload != tree_.offload()) {
    return presence_.Reject(kKind, "wrong_offload");
  }
  for (const TickScores& tick : message->ticks) {
    for (const auto& view : tick.views) {
      const auto decoded = DecodeView(view.pixels, tree_.offload());
      if (!decoded) return presence_.Reject(kKind, Name(decoded.error()));
    }
  }
  NoteSequence(device, kKind, message->sequence);
  Gather(device, kKind, message->ticks, now);
}

void EdgePipeline::Gather(int device, MessageKind kind,
                          const std::vector<TickScores>& ticks, Instant now) {
  const StageTimer timer(metrics_.decide);
  for (const TickScores& scores : ticks) {
    const Status taken = coordinator_->OnScores(device, scores, now);
    if (!taken && taken.error() == Error::kRefused) {
      ++presence_.counters()["late_scores"];
    } else {
      CountRefusal(kind, taken, "repeated_scores");
    }
  }
}

void EdgePipeline::OnEdgeSums(int edge, const std::string& payload,
                              Instant now) {
  constexpr MessageKind kKind = MessageKind::kEdgeScore;
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, edge);
  if (!message) return presence_.Reject(kKind, Name(message.error()));
  NoteSequence(edge, kKind, message->sequence);
  const StageTimer timer(metrics_.decide);
  for (const TickScores& sums : message.value().ticks) {
    CountRefusal(kKind, coordinator_->OnEdgeSums(edge, sums, now),
                 "unwanted_edge_sums");
  }
}

void EdgePipeline::OnMap(int node, MessageKind kind, const std::string& payload,
                         Instant now) {
  Result<SampleMap> map = codec_.DecodeMap(payload, node);
  if (!map) return presence_.Reject(kind, Name(map.error()));
  const StageTimer timer(metrics_.decide);
  CountRefusal(kind, coordinator_->OnMap(node, std::move(*map), now),
               IsDevice(node) ? "unwanted_maps" : "unwanted_edge_maps");
}

void EdgePipeline::OnCloudAnswer(const std::string& payload, Instant now) {
  constexpr MessageKind kKind = MessageKind::kAnswer;
  if (!open()) return presence_.Reject(kKind, "not_open");
  const Result<CloudAnswer> answer = codec_.DecodeCloudAnswer(payload);
  if (!answer) return presence_.Reject(kKind, Name(answer.error()));
  const StageTimer timer(metrics_.decide);
  CountRefusal(kKind, coordinator_->OnCloudAnswer(answer.value(), now),
               "unwanted_cloud_answers");
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

void EdgePipeline::OpenIfDue(Instant now) {
  const Claims& claims = members_.claims();
  const bool all_there = claims.complete() && members_.heard_itself();
  if (!open_at_ || gave_up() || (!all_there && now < *open_at_)) return;
  open_at_.reset();
  members_.SetOpened();
  const bool paced = config_.ticks_per_s > 0;
  const TickSchedule schedule = TickSchedule::StartingAt(
      paced ? now + kPacedLead : now, config_.ticks_per_s);
  CoordinatorOptions options = MakeCoordinatorOptions(config_, schedule);
  options.remote_edges = branches_;
  options.offload = tree_.offload();
  options.on_complete = [stage = metrics_.wait_for_views](
                            std::chrono::duration<double> waited) mutable {
    stage.Observe(std::max(0.0, waited.count()));
  };
  coordinator_ = std::make_unique<Coordinator>(network_, std::move(options));
  for (int i = 0; i < network_->bundle().device_count(); ++i) {
    coordinator_->SetAlive(i, claims.Sees(i), now);
  }
  for (const int node : branches_) {
    coordinator_->SetAlive(node, claims.Sees(node), now);
  }
  publisher_.Open(schedule);
  spdlog::log(claims.complete() ? spdlog::level::info : spdlog::level::warn,
              "group_open group={} agents={}/{} first_tick={}", config_.group,
              claims.count(), claims.expected(), schedule.first_tick);
}

void EdgePipeline::OnTime(Instant now) {
  Apply(members_.OnTime(now), now);
  OpenIfDue(now);
  if (open()) {
    coordinator_->OnTime(now);
    const std::vector<Action> actions = coordinator_->TakeActions();
    NoteResults(actions, now);
    publisher_.CarryOut(actions);
  }
  publisher_.OnTime(now);
  presence_.OnTime(now);
}

std::optional<Instant> EdgePipeline::NextDeadline() const {
  std::optional<Instant> next;
  const auto consider = [&next](const std::optional<Instant>& other) {
    if (other && (!next || *other < *next)) next = other;
  };
  consider(open_at_);
  consider(members_.NextDeadline());
  if (open()) consider(coordinator_->NextDeadline());
  consider(publisher_.NextDeadline());
  consider(presence_.NextDeadline());
  return next;
}

void EdgePipeline::Stop(Instant now) {
  if (open()) {
    coordinator_->Shutdown();
    const std::vector<Action> actions = coordinator_->TakeActions();
    NoteResults(actions, now);
    publisher_.CarryOut(actions);
  }
  presence_.Finish();
  publisher_.Finish();
  publisher_.OnTime(now);
}

}  // namespace ddnn

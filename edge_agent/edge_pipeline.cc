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

namespace ddnn {
namespace {

/// Paced groups start this much later, so that every device knows the schedule
/// before its first tick.
constexpr milliseconds kPacedLead{500};

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
      members_(config_, network_->bundle(), tree_, tree_.Lead(), &presence_) {
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
  if (!branches_.empty()) bus->Subscribe(group.Relay("+"), Qos::kAtMostOnce);
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
  const std::optional<ParsedTopic> topic = ParseTopic(message.topic);
  if (!topic) return presence_.Reject("unknown_topic");
  if (message.payload.size() > kPayloadLimitBytes) {
    return presence_.Reject(Name(Error::kOversized));
  }
  if (topic->kind == "state") {
    return Apply(
        members_.OnState(topic->agent, message.payload, message.retained), now);
  }
  if (topic->kind == "answer") return OnCloudAnswer(message.payload, now);
  const Claims& claims = members_.claims();
  const std::optional<int> node = topic->kind == "relay"
                                      ? claims.LastNodeOf(topic->agent)
                                      : claims.NodeOf(topic->agent);
  if (!node) return presence_.Reject("unclaimed");
  if (!open()) return presence_.Reject("not_open");
  OnNode(*node, topic->kind, message.payload, now);
}

void EdgePipeline::OnNode(int node, std::string_view kind,
                          const std::string& payload, Instant now) {
  const bool is_offload = kind == "offload";
  if (is_offload != (tree_.offload() != Offload::kNone)) {
    return presence_.Reject("wrong_offload");
  }
  if (is_offload) return OnOffload(node, payload, now);
  const bool elsewhere =
      IsDevice(node) && below_branches_.test(static_cast<std::size_t>(node));
  if (kind == "relay" && elsewhere) {
    Count("relays", "relay_payload_bytes", payload);
    return OnScores(node, payload, now);
  }
  if (kind != "score" && kind != "feature") {
    return presence_.Reject("unknown_topic");
  }
  if (elsewhere) return;  // its branch hears it too
  if (kind == "feature") return OnMap(node, payload, now);
  if (!IsDevice(node)) return OnEdgeSums(node, payload, now);
  Count("score_messages", "score_payload_bytes", payload);
  OnScores(node, payload, now);
}

void EdgePipeline::Apply(const std::vector<Membership::Change>& changes,
                         Instant now) {
  if (!open()) return;
  for (const auto& [node, alive] : changes) {
    coordinator_->SetAlive(node, alive, now);
  }
}

void EdgePipeline::Count(const char* messages, const char* bytes,
                         const std::string& payload) {
  ++presence_.counters()[messages];
  presence_.counters()[bytes] += payload.size();
}

void EdgePipeline::CountRefusal(const Status& status, const char* unwanted) {
  if (status) return;
  if (status.error() == Error::kNotFound) {
    ++presence_.counters()[unwanted];
  } else {
    presence_.Reject(Name(status.error()));
  }
}

void EdgePipeline::OnScores(int device, const std::string& payload,
                            Instant now) {
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, device);
  if (!message) return presence_.Reject(Name(message.error()));
  Gather(device, message.value().ticks, now);
}

void EdgePipeline::OnOffload(int device, const std::string& payload,
                             Instant now) {
  Count("offload_messages", "offload_payload_bytes", payload);
  const Result<OffloadMessage> message = codec_.DecodeOffload(payload);
  if (!message) return presence_.Reject(Name(message.error()));
  if (message->offload != tree_.offload()) {
    return presence_.Reject("wrong_offload");
  }
  for (const TickScores& tick : message->ticks) {
    for (const auto& view : tick.views) {
      const auto decoded = DecodeView(view.pixels, tree_.offload());
      if (!decoded) return presence_.Reject(Name(decoded.error()));
    }
  }
  Gather(device, message->ticks, now);
}

void EdgePipeline::Gather(int device, const std::vector<TickScores>& ticks,
                          Instant now) {
  const StageTimer timer(metrics_.decide);
  for (const TickScores& scores : ticks) {
    const Status taken = coordinator_->OnScores(device, scores, now);
    if (!taken && taken.error() == Error::kRefused) {
      ++presence_.counters()["late_scores"];
    } else {
      CountRefusal(taken, "repeated_scores");
    }
  }
}

void EdgePipeline::OnEdgeSums(int edge, const std::string& payload,
                              Instant now) {
  Count("edge_sums", "edge_sums_payload_bytes", payload);
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, edge);
  if (!message) return presence_.Reject(Name(message.error()));
  const StageTimer timer(metrics_.decide);
  for (const TickScores& sums : message.value().ticks) {
    CountRefusal(coordinator_->OnEdgeSums(edge, sums, now),
                 "unwanted_edge_sums");
  }
}

void EdgePipeline::OnMap(int node, const std::string& payload, Instant now) {
  const bool device = IsDevice(node);
  Count(device ? "feature_messages" : "edge_maps",
        device ? "feature_payload_bytes" : "edge_maps_payload_bytes", payload);
  Result<SampleMap> map = codec_.DecodeMap(payload, node);
  if (!map) return presence_.Reject(Name(map.error()));
  const StageTimer timer(metrics_.decide);
  CountRefusal(coordinator_->OnMap(node, std::move(*map), now),
               device ? "unwanted_maps" : "unwanted_edge_maps");
}

void EdgePipeline::OnCloudAnswer(const std::string& payload, Instant now) {
  if (!open()) return presence_.Reject("not_open");
  Count("cloud_answers", "cloud_answer_payload_bytes", payload);
  const Result<CloudAnswer> answer = codec_.DecodeCloudAnswer(payload);
  if (!answer) return presence_.Reject(Name(answer.error()));
  const StageTimer timer(metrics_.decide);
  CountRefusal(coordinator_->OnCloudAnswer(answer.value(), now),
               "unwanted_cloud_answers");
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
    publisher_.CarryOut(coordinator_->TakeActions());
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
    publisher_.CarryOut(coordinator_->TakeActions());
  }
  presence_.Finish();
  publisher_.Finish();
  publisher_.OnTime(now);
}

}  // namespace ddnn

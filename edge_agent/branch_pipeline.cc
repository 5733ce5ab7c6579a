#include "edge_agent/branch_pipeline.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "core/telemetry/stage_timer.h"
#include "core/wire/json.h"

namespace ddnn {
namespace {

BranchOptions OptionsOf(const EdgeConfig& config, const Place& place) {
  return {.node = place.sections.front(),
          .maps_deadline = milliseconds(config.maps_ms),
          .max_samples = static_cast<std::size_t>(config.max_samples)};
}

}  // namespace

BranchPipeline::BranchPipeline(EdgeConfig config,
                               std::shared_ptr<const Network> network,
                               Tree tree, const std::string& place, Bus* bus,
                               EdgeMetrics* metrics, std::uint32_t boot)
    : config_(std::move(config)),
      network_(std::move(network)),
      tree_(std::move(tree)),
      place_(*tree_.Find(place)),
      codec_(network_->bundle()),
      topics_(config_.site, config_.group),
      metrics_(*metrics),
      presence_(config_, network_->bundle(), place_, bus, metrics, boot),
      members_(config_, network_->bundle(), tree_, place_, &presence_, nullptr),
      branch_(network_, OptionsOf(config_, place_)) {
  bus->Subscribe(AgentTopics(config_.site, config_.agent).Command("leave"),
                 Qos::kAtLeastOnce);
  bus->Subscribe(AgentTopics(config_.site, "+").State(), Qos::kAtLeastOnce);
  bus->Subscribe(topics_.Config(), Qos::kAtLeastOnce);
  bus->Subscribe(topics_.Decided(), Qos::kAtMostOnce);
  bus->Subscribe(topics_.Request(), Qos::kAtMostOnce);
  bus->Subscribe(topics_.EdgeRequest(), Qos::kAtMostOnce);
  bus->Subscribe(topics_.Score("+"), Qos::kAtMostOnce);
  bus->Subscribe(topics_.Feature("+"), Qos::kAtMostOnce);
}

void BranchPipeline::OnEvent(const BusEvent& event, Instant now) {
  std::visit([this, now](const auto& item) { On(item, now); }, event);
  presence_.OnEvent();
  OnTime(now);
}

void BranchPipeline::On(const BusConnected& /*connected*/, Instant now) {
  presence_.OnConnected();
  members_.OnConnected(now);
}

void BranchPipeline::On(const BusDisconnected& disconnected, Instant /*now*/) {
  presence_.OnDisconnected(disconnected);
}

void BranchPipeline::On(const BusMessage& message, Instant now) {
  const std::optional<ParsedTopic> topic = ParseTopic(message.topic);
  if (!topic) return presence_.Reject(MessageKind::kOther, "unknown_topic");
  const MessageKind kind = KindOf(*topic);
  const std::string& payload = message.payload;
  if (payload.size() > kPayloadLimitBytes) {
    return presence_.Reject(kind, Name(Error::kOversized));
  }
  switch (kind) {
    case MessageKind::kState:
      return Apply(
          members_.OnState(topic->agent, payload, message.retained, now));
    case MessageKind::kCommand:
      return OnLeave(payload);
    case MessageKind::kConfig:
      return OnConfig(payload);
    case MessageKind::kDecided:
      return OnDecided(payload);
    case MessageKind::kRequest:
      return OnRequest(payload, now);
    case MessageKind::kEdgeRequest:
      return OnEdgeRequest(payload);
    default:
      break;
  }
  const std::optional<int> node = members_.claims().NodeOf(topic->agent);
  if (!node) return presence_.Reject(kind, "unclaimed");
  if (!branch_.Has(*node)) return;  // another edge hears it too
  if (kind == MessageKind::kScore) {
    return OnScores(*node, topic->agent, payload, now);
  }
  if (kind == MessageKind::kFeature) return OnMap(*node, payload);
  presence_.Reject(kind, "unknown_topic");
}

void BranchPipeline::OnLeave(const std::string& payload) {
  const Result<Leave> leave = DecodeLeave(payload);
  if (!leave)
    return presence_.Reject(MessageKind::kCommand, Name(leave.error()));
  presence_.GiveUp(
      {leave->error, "the lead of group " + config_.group +
                         " sent this agent away: " + leave->reason});
}

void BranchPipeline::OnConfig(const std::string& payload) {
  // An empty retained message deletes the config; the next one counts.
  if (payload.empty()) return;
  const Result<GroupConfig> config = DecodeGroupConfig(payload);
  if (!config)
    return presence_.Reject(MessageKind::kConfig, Name(config.error()));
  if (config->bundle_tag != network_->bundle().tag) {
    spdlog::error(
        "wrong_bundle group={} its_tag={:08x} our_tag={:08x} "
        "remedy=\"give this agent and its lead the same bundle file\"",
        config_.group, config->bundle_tag, network_->bundle().tag);
    return presence_.Reject(MessageKind::kConfig, Name(Error::kWrongBundle));
  }
  branch_.Begin(config->schedule);
}

void BranchPipeline::OnDecided(const std::string& payload) {
  const Result<Decided> decided = codec_.DecodeDecided(payload);
  if (!decided)
    return presence_.Reject(MessageKind::kDecided, Name(decided.error()));
  branch_.OnDecided(decided->tick);
}

void BranchPipeline::OnRequest(const std::string& payload, Instant now) {
  const Result<MapRequest> request = codec_.DecodeRequest(payload);
  if (!request)
    return presence_.Reject(MessageKind::kRequest, Name(request.error()));
  const StageTimer timer(metrics_.decide);
  branch_.OnRequest(request->wanted, now);
}

void BranchPipeline::OnEdgeRequest(const std::string& payload) {
  const Result<MapRequest> request = codec_.DecodeRequest(payload);
  if (!request)
    return presence_.Reject(MessageKind::kEdgeRequest, Name(request.error()));
  branch_.OnEdgeRequest(request->wanted);
}

void BranchPipeline::OnScores(int device, std::string_view agent,
                              const std::string& payload, Instant now) {
  AgentCounters& counters = presence_.counters();
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, device);
  if (!message)
    return presence_.Reject(MessageKind::kScore, Name(message.error()));
  for (const TickScores& scores : message->ticks) {
    const Status taken = branch_.OnScores(device, scores, now);
    if (taken) continue;
    if (taken.error() == Error::kRefused) {
      ++counters["late_scores"];
    } else if (taken.error() == Error::kNotFound) {
      ++counters["repeated_scores"];
    } else {
      presence_.Reject(MessageKind::kScore, Name(taken.error()));
    }
  }
  // Even what came too late: the lead accounts for it.
  Send(topics_.Relay(agent), payload);
}

void BranchPipeline::OnMap(int device, const std::string& payload) {
  Result<SampleMap> map = codec_.DecodeMap(payload, device);
  if (!map) return presence_.Reject(MessageKind::kFeature, Name(map.error()));
  const StageTimer timer(metrics_.decide);
  const Status taken = branch_.OnMap(device, std::move(*map));
  if (taken) return;
  if (taken.error() == Error::kNotFound) {
    ++presence_.counters()["unwanted_maps"];
  } else {
    presence_.Reject(MessageKind::kFeature, Name(taken.error()));
  }
}

void BranchPipeline::Apply(const std::vector<Membership::Change>& changes) {
  if (changes.empty()) return;
  const StageTimer timer(metrics_.decide);
  for (const auto& [node, alive] : changes) branch_.SetAlive(node, alive);
}

void BranchPipeline::EndWaits(Instant now) {
  const std::optional<Instant> due = branch_.NextDeadline();
  if (!due || now < *due) return;
  const StageTimer timer(metrics_.decide);
  branch_.OnTime(now);
}

void BranchPipeline::CarryOut() {
  const std::vector<BranchAction> actions = branch_.TakeActions();
  if (actions.empty()) return;
  const StageTimer timer(metrics_.publish);
  for (const BranchAction& action : actions) {
    std::visit([this](const auto& item) { Do(item); }, action);
  }
}

void BranchPipeline::Do(const SendSums& send) {
  const auto& views = send.sums.views;
  for (std::size_t from = 0; from < views.size(); from += kMaxObjectsPerTick) {
    const auto first = views.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(views.size() - from, kMaxObjectsPerTick);
    TickScores part{send.sums.tick,
                    {first, first + static_cast<std::ptrdiff_t>(count)}};
    Send(topics_.EdgeScore(config_.agent),
         codec_.Encode(ScoreMessage{++sequence_, {std::move(part)}}));
  }
}

void BranchPipeline::Do(const SendMap& send) {
  Send(topics_.EdgeFeature(config_.agent), codec_.Encode(send.map));
}

void BranchPipeline::Send(std::string topic, std::string payload) {
  presence_.backlog().Send({.topic = std::move(topic),
                            .payload = std::move(payload),
                            .alias = true});
}

void BranchPipeline::OnTime(Instant now) {
  Apply(members_.OnTime(now));
  EndWaits(now);
  CarryOut();
  AgentCounters& counters = presence_.counters();
  counters["evicted_ticks"] = branch_.evicted();
  counters["unknown_samples"] = branch_.unknown();
  counters["refused_samples"] = branch_.refused();
  presence_.backlog().Flush();
  flush_due_ = now + Backlog::kFlushPeriod;
  presence_.OnTime(now);
}

std::optional<Instant> BranchPipeline::NextDeadline() const {
  std::optional<Instant> next;
  const auto consider = [&next](const std::optional<Instant>& other) {
    if (other && (!next || *other < *next)) next = other;
  };
  consider(members_.NextDeadline());
  consider(branch_.NextDeadline());
  consider(presence_.NextDeadline());
  if (!presence_.backlog().empty()) consider(flush_due_);
  return next;
}

void BranchPipeline::Stop(Instant /*now*/) { presence_.Finish(); }

}  // namespace ddnn

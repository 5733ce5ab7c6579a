#include "edge_agent/edge_pipeline.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "core/nn/tier.h"
#include "core/offload/encoded_view.h"
#include "core/telemetry/stage_timer.h"

namespace ddnn {
namespace {

/// Paced groups start this much later, so that every device knows the schedule
/// before its first tick.
constexpr milliseconds kPacedLead{500};
/// After a reconnect, agents have this long to say that they are still there.
constexpr std::chrono::seconds kConfirmWithin{10};

}  // namespace

EdgePipeline::EdgePipeline(EdgeConfig config,
                           std::shared_ptr<const Network> network, Bus* bus,
                           EdgeMetrics* metrics, std::uint32_t boot,
                           Offload offload)
    : config_(std::move(config)),
      network_(std::move(network)),
      codec_(network_->bundle()),
      topics_(config_.site, config_.agent),
      bus_(bus),
      metrics_(*metrics),
      boot_(boot),
      offload_(offload),
      backlog_(bus, &counters_),
      publisher_(config_, network_->bundle(), &backlog_, &counters_, metrics),
      claims_(config_.group, network_->bundle()) {
  const GroupTopics group(config_.site, config_.group);
  bus->Subscribe(AgentTopics(config_.site, "+").State(), Qos::kAtLeastOnce);
  bus->Subscribe(group.Score("+"), Qos::kAtMostOnce);
  bus->Subscribe(group.Feature("+"), Qos::kAtMostOnce);
  bus->Subscribe(group.Offload("+"), Qos::kAtMostOnce);
  bus->Subscribe(CloudAnswerTopic(config_.site, config_.agent),
                 Qos::kAtMostOnce);
  bus->SetWill(StateMessage(/*online=*/false));
}

OutgoingMessage EdgePipeline::StateMessage(bool online) const {
  AgentState state;
  state.online = online;
  state.tier = TierName(Tier::kEdge);
  state.group = config_.group;
  state.boot = boot_;
  state.bundle_tag = network_->bundle().tag;
  if (online) state.metrics = metrics_.address;
  return {.topic = topics_.State(),
          .payload = EncodeAgentState(state),
          .qos = Qos::kAtLeastOnce,
          .retain = true,
          .content_type = "application/json"};
}

void EdgePipeline::OnEvent(const BusEvent& event, Instant now) {
  std::visit([this, now](const auto& item) { On(item, now); }, event);
  counters_moved_ = true;
  OnTime(now);
}

void EdgePipeline::On(const BusConnected& /*connected*/, Instant now) {
  spdlog::info("connected group={}", config_.group);
  metrics_.mqtt_connected.Set(1);
  backlog_.Send(StateMessage(/*online=*/true));
  publisher_.Reopen();
  info_.Forget();
  if (!open() && !open_at_)
    open_at_ = now + milliseconds(config_.open_after_ms);
  if (claims_.count() > 0) {
    claims_.DoubtAll();
    doubt_until_ = now + kConfirmWithin;
  }
}

void EdgePipeline::On(const BusDisconnected& disconnected, Instant /*now*/) {
  spdlog::warn("disconnected reason={}", disconnected.reason);
  metrics_.mqtt_connected.Set(0);
  if (disconnected.final) {
    gave_up_ = Failure{disconnected.error, disconnected.reason};
  }
}

void EdgePipeline::On(const BusMessage& message, Instant now) {
  const std::optional<ParsedTopic> topic = ParseTopic(message.topic);
  if (!topic) return Reject("unknown_topic");
  if (message.payload.size() > kPayloadLimitBytes) {
    return Reject(Name(Error::kOversized));
  }
  if (topic->kind == "state") {
    return OnState(topic->agent, message.payload, now);
  }
  if (topic->kind == "answer") return OnCloudAnswer(message.payload, now);
  const std::optional<int> device = claims_.DeviceOf(topic->agent);
  if (!device) return Reject("unclaimed");
  if (!open()) return Reject("not_open");
  const bool is_offload = topic->kind == "offload";
  if (is_offload != (offload_ != Offload::kNone)) {
    return Reject("wrong_offload");
  }
  if (is_offload) return OnOffload(*device, message.payload, now);
  if (topic->kind == "score") return OnScores(*device, message.payload, now);
  if (topic->kind == "feature") return OnMap(*device, message.payload, now);
  Reject("unknown_topic");
}

void EdgePipeline::Reject(std::string_view reason) {
  ++counters_["rejected_" + std::string(reason)];
}

void EdgePipeline::OnState(std::string_view agent, const std::string& payload,
                           Instant now) {
  const std::string name(agent);
  if (payload.empty()) {
    return Apply(name, claims_.OnStateDeleted(agent), now);
  }
  const Result<AgentState> state = DecodeAgentState(payload);
  if (!state) return Reject(Name(state.error()));
  ++counters_["state_messages"];
  const AgentState& said = state.value();
  if (said.online && said.tier == TierName(Tier::kEdge) &&
      said.group == config_.group && agent != config_.agent) {
    ++counters_["rival_edges"];
    spdlog::error("rival_edge agent={} group={}: stop one of the two", agent,
                  config_.group);
  }
  Apply(name, claims_.OnState(name, said), now);
}

void EdgePipeline::Apply(const std::string& agent, const Claims::Change& change,
                         Instant now) {
  if (change.gone) {
    spdlog::warn("device_gone device={} agent={}", *change.gone, agent);
    ++counters_["devices_gone"];
    SetAlive(*change.gone, false, now);
  }
  if (change.came) {
    spdlog::info("device_came device={} agent={}", *change.came, agent);
    ++counters_["devices_came"];
    SetAlive(*change.came, claims_.Sees(*change.came), now);
  }
  if (change.camera) OnCamera(*change.camera, agent, now);
  if (change.leave) {
    spdlog::warn("claim_refused agent={} reason=\"{}\"", agent,
                 change.leave->reason);
    ++counters_["claims_refused_" + std::string(Name(change.leave->error))];
    backlog_.Send({.topic = AgentTopics(config_.site, agent).Command("leave"),
                   .payload = EncodeLeave(*change.leave),
                   .qos = Qos::kAtLeastOnce,
                   .content_type = "application/json"});
  }
}

void EdgePipeline::OnCamera(int device, const std::string& agent, Instant now) {
  const bool up = claims_.Sees(device);
  spdlog::log(up ? spdlog::level::info : spdlog::level::warn,
              "{} device={} agent={}", up ? "camera_up" : "camera_down", device,
              agent);
  ++counters_[up ? "cameras_up" : "cameras_down"];
  SetAlive(device, up, now);
}

void EdgePipeline::SetAlive(int device, bool alive, Instant now) {
  if (open()) coordinator_->SetAlive(device, alive, now);
}

void EdgePipeline::OnScores(int device, const std::string& payload,
                            Instant now) {
  ++counters_["score_messages"];
  counters_["score_payload_bytes"] += payload.size();
  const Result<ScoreMessage> message = codec_.DecodeScores(payload, device);
  if (!message) return Reject(Name(message.error()));
  Gather(device, message.value().ticks, now);
}

void EdgePipeline::OnOffload(int device, const std::string& payload,
                             Instant now) {
  ++counters_["offload_messages"];
  counters_["offload_payload_bytes"] += payload.size();
  const Result<OffloadMessage> message = codec_.DecodeOffload(payload);
  if (!message) return Reject(Name(message.error()));
  if (message->offload != offload_) return Reject("wrong_offload");
  for (const TickScores& tick : message->ticks) {
    for (const auto& view : tick.views) {
      const Status status = CheckEncodedView(view.pixels, offload_);
      if (!status) return Reject(Name(status.error()));
    }
  }
  Gather(device, message->ticks, now);
}

void EdgePipeline::Gather(int device, const std::vector<TickScores>& ticks,
                          Instant now) {
  const StageTimer timer(metrics_.decide);
  for (const TickScores& scores : ticks) {
    const Status taken = coordinator_->OnScores(device, scores, now);
    if (taken) continue;
    if (taken.error() == Error::kRefused) {
      ++counters_["late_scores"];
    } else if (taken.error() == Error::kNotFound) {
      ++counters_["repeated_scores"];
    } else {
      Reject(Name(taken.error()));
    }
  }
}

void EdgePipeline::OnMap(int device, const std::string& payload, Instant now) {
  ++counters_["feature_messages"];
  counters_["feature_payload_bytes"] += payload.size();
  Result<SampleMap> map = codec_.DecodeMap(payload, device);
  if (!map) return Reject(Name(map.error()));
  const StageTimer timer(metrics_.decide);
  const Status taken = coordinator_->OnMap(device, std::move(*map), now);
  if (!taken && taken.error() == Error::kNotFound) {
    ++counters_["unwanted_maps"];
  } else if (!taken) {
    Reject(Name(taken.error()));
  }
}

void EdgePipeline::OnCloudAnswer(const std::string& payload, Instant now) {
  if (!open()) return Reject("not_open");
  ++counters_["cloud_answers"];
  counters_["cloud_answer_payload_bytes"] += payload.size();
  const Result<CloudAnswer> answer = codec_.DecodeCloudAnswer(payload);
  if (!answer) return Reject(Name(answer.error()));
  const StageTimer timer(metrics_.decide);
  const Status taken = coordinator_->OnCloudAnswer(answer.value(), now);
  if (!taken && taken.error() == Error::kNotFound) {
    ++counters_["unwanted_cloud_answers"];
  } else if (!taken) {
    Reject(Name(taken.error()));
  }
}

void EdgePipeline::OpenIfDue(Instant now) {
  if (!open_at_ || (!claims_.complete() && now < *open_at_)) return;
  open_at_.reset();
  const bool paced = config_.ticks_per_s > 0;
  const TickSchedule schedule = TickSchedule::StartingAt(
      paced ? now + kPacedLead : now, config_.ticks_per_s);
  CoordinatorOptions options = MakeCoordinatorOptions(config_, schedule);
  options.offload = offload_;
  options.on_complete = [stage = metrics_.wait_for_views](
                            std::chrono::duration<double> waited) mutable {
    stage.Observe(std::max(0.0, waited.count()));
  };
  coordinator_ = std::make_unique<Coordinator>(network_, std::move(options));
  for (int i = 0; i < network_->bundle().device_count(); ++i) {
    coordinator_->SetAlive(i, claims_.Sees(i), now);
  }
  publisher_.Open(schedule);
  spdlog::log(claims_.complete() ? spdlog::level::info : spdlog::level::warn,
              "group_open group={} devices={}/{} first_tick={}", config_.group,
              claims_.count(), network_->bundle().device_count(),
              schedule.first_tick);
}

void EdgePipeline::OnTime(Instant now) {
  if (doubt_until_ && now >= *doubt_until_) {
    doubt_until_.reset();
    for (const int device : claims_.DropDoubted()) {
      Apply("", {.gone = device}, now);
    }
  }
  OpenIfDue(now);
  if (open()) {
    coordinator_->OnTime(now);
    publisher_.CarryOut(coordinator_->TakeActions());
  }
  publisher_.OnTime(now);
  NoteStats(bus_->stats(), &counters_);
  metrics_.counters.Update(counters_);
  if (counters_moved_ && now >= info_.next()) {
    SendInfo(info_.Due(counters_, now));
    counters_moved_ = false;
  }
}

void EdgePipeline::SendInfo(const std::optional<std::string>& payload) {
  if (!payload) return;
  backlog_.Send({.topic = topics_.Info(),
                 .payload = *payload,
                 .qos = Qos::kAtLeastOnce,
                 .retain = true,
                 .content_type = "application/json"});
}

std::optional<Instant> EdgePipeline::NextDeadline() const {
  std::optional<Instant> next;
  const auto consider = [&next](const std::optional<Instant>& other) {
    if (other && (!next || *other < *next)) next = other;
  };
  consider(open_at_);
  consider(doubt_until_);
  if (open()) consider(coordinator_->NextDeadline());
  consider(publisher_.NextDeadline());
  if (counters_moved_) consider(info_.next());
  return next;
}

void EdgePipeline::Stop(Instant now) {
  if (open()) {
    coordinator_->Shutdown();
    publisher_.CarryOut(coordinator_->TakeActions());
  }
  SendInfo(info_.Final(counters_));
  publisher_.Finish();
  publisher_.OnTime(now);
  metrics_.counters.Update(counters_);
}

}  // namespace ddnn

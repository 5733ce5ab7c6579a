#include "cloud_agent/cloud_pipeline.h"

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/fusion/coordinator.h"
#include "core/nn/tier.h"
#include "core/offload/encoded_view.h"
#include "core/telemetry/stage_timer.h"

namespace ddnn {
namespace {

constexpr std::string_view kJson = "application/json";

}  // namespace

CloudPipeline::CloudPipeline(const CloudConfig& config,
                             std::shared_ptr<const Network> network, Bus* bus,
                             CloudMetrics* metrics, std::uint32_t boot,
                             Offload offload)
    : network_(std::move(network)),
      codec_(network_->bundle()),
      topics_(config.site, config.agent),
      bus_(bus),
      metrics_(*metrics),
      boot_(boot),
      offload_(offload) {
  bus_->Subscribe(SharedCloudAskFilter("+"), Qos::kAtMostOnce);
  bus_->SetWill(StateMessage(/*online=*/false));
}

OutgoingMessage CloudPipeline::StateMessage(bool online) const {
  AgentState state;
  state.online = online;
  state.tier = TierName(Tier::kCloud);
  state.boot = boot_;
  state.bundle_tag = network_->bundle().tag;
  if (online) state.metrics = metrics_.address;
  return {.topic = topics_.State(),
          .payload = EncodeAgentState(state),
          .qos = Qos::kAtLeastOnce,
          .retain = true,
          .content_type = std::string(kJson)};
}

void CloudPipeline::OnEvent(const BusEvent& event, Instant now) {
  std::visit([this](const auto& item) { On(item); }, event);
  counters_moved_ = true;
  OnTime(now);
}

void CloudPipeline::On(const BusConnected& /*connected*/) {
  metrics_.mqtt_connected.Set(1);
  Send(StateMessage(/*online=*/true));
  info_.Forget();
}

void CloudPipeline::On(const BusDisconnected& disconnected) {
  metrics_.mqtt_connected.Set(0);
  if (disconnected.final) {
    gave_up_ = Failure{disconnected.error, disconnected.reason};
  }
}

void CloudPipeline::On(const BusMessage& message) {
  const std::optional<ParsedTopic> topic = ParseTopic(message.topic);
  if (!topic || topic->kind != "ask")
    return Reject(KindOf(message.topic), "unknown_topic");
  const Result<CloudAsk> ask = codec_.DecodeCloudAsk(message.payload);
  if (!ask) return Reject(MessageKind::kAsk, Name(ask.error()));
  if (ask->offload != offload_)
    return Reject(MessageKind::kAsk, "wrong_offload");
  const Result<CloudAnswer> answer = Answer(ask.value());
  if (!answer) return Reject(MessageKind::kAsk, Name(answer.error()));
  const StageTimer timer(metrics_.publish);
  Send({.topic = CloudAnswerTopic(topic->site, topic->agent),
        .payload = codec_.Encode(answer.value()),
        .alias = true});
}

Result<CloudAnswer> CloudPipeline::Answer(const CloudAsk& ask) {
  const StageTimer timer(metrics_.decide);
  if (offload_ == Offload::kNone) return AnswerAsk(*network_, ask);
  const auto views = DecodeViews(ask);
  if (!views) return views.failure();
  return AnswerViews(*network_, ask.sample, *views);
}

void CloudPipeline::Reject(MessageKind kind, std::string_view reason) {
  // The first of its kind loudly; the counter tells of the rest.
  if (counters_[RejectedCounter(kind, reason)]++ > 0) return;
  spdlog::warn(
      "ask_rejected reason={} remedy=\"give all cloud agents of one broker and "
      "the edges that ask them the same bundle and tree\"",
      reason);
}

void CloudPipeline::Send(OutgoingMessage message) {
  const auto sent = bus_->Publish(std::move(message));
  if (!sent) CountUnsent(sent.error(), &counters_);
}

void CloudPipeline::OnTime(Instant now) {
  const BusStats stats = bus_->stats();
  stats_notes_.Note(stats);
  metrics_.SetQueue(stats.queue_messages, stats.queue_bytes);
  metrics_.counters.Update(counters_);
  if (!counters_moved_ || !info_.IsDue(now)) return;
  counters_moved_ = false;
  SendInfo(info_.Due(counters_, now));
}

void CloudPipeline::SendInfo(const std::optional<std::string>& payload) {
  if (!payload) return;
  Send({.topic = topics_.Info(),
        .payload = *payload,
        .qos = Qos::kAtLeastOnce,
        .retain = true,
        .content_type = std::string(kJson)});
}

std::optional<Instant> CloudPipeline::NextDeadline() const {
  if (!counters_moved_) return std::nullopt;
  return info_.next();
}

void CloudPipeline::Stop(Instant /*now*/) { SendInfo(info_.Final(counters_)); }

}  // namespace ddnn

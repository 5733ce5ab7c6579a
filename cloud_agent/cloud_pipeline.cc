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

CloudPipeline::CloudPipeline(const CloudConfig& config,
                             std::shared_ptr<const Network> network, Bus* bus,
                             CloudMetrics* metrics, std::uint32_t boot,
                             Offload offload)
    : network_(std::move(network)),
      codec_(network_->bundle()),
      bus_(bus),
      metrics_(*metrics),
      offload_(offload),
      presence_({config.site, config.agent},
                {.tier = std::string(TierName(Tier::kCloud)),
                 .group = {},
                 .boot = boot,
                 .bundle_tag = network_->bundle().tag},
                bus, metrics,
                [this](OutgoingMessage message) { Send(std::move(message)); }) {
  bus_->Subscribe(SharedCloudAskFilter("+"), Qos::kAtMostOnce);
}

void CloudPipeline::OnEvent(const BusEvent& event, Instant now) {
  std::visit([this](const auto& item) { On(item); }, event);
  presence_.OnEvent();
  OnTime(now);
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
  if (presence_.CountRejected(kind, reason) > 0) return;
  spdlog::warn(
      "ask_rejected reason={} remedy=\"give all cloud agents of one broker and "
      "the edges that ask them the same bundle and tree\"",
      reason);
}

void CloudPipeline::Send(OutgoingMessage message) {
  const auto sent = bus_->Publish(std::move(message));
  if (!sent) CountUnsent(sent.error(), &presence_.counters());
}

void CloudPipeline::OnTime(Instant now) { presence_.OnTime(now); }

std::optional<Instant> CloudPipeline::NextDeadline() const {
  return presence_.NextDeadline();
}

void CloudPipeline::Stop(Instant /*now*/) { presence_.Finish(); }

}  // namespace ddnn

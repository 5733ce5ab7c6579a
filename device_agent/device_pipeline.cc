#include "device_agent/device_pipeline.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/exit_code.h"
#include "core/telemetry/stage_timer.h"
#include "device_agent/score_sender.h"

namespace ddnn {
namespace {

// Longer than an edge agent takes to start.
constexpr std::chrono::seconds kTellWaitingAfter(5);

double Seconds(std::chrono::duration<double> time) { return time.count(); }

double SecondsSince(Instant from, Instant to) { return Seconds(to - from); }

}  // namespace

DevicePipeline::DevicePipeline(DeviceOptions options, const Network& network,
                               Bus* bus, ViewSource* source,
                               DeviceMetrics* metrics)
    : options_(std::move(options)),
      network_(network),
      codec_(network.bundle()),
      bus_(bus),
      source_(source),
      metrics_(*metrics),
      feature_topic_(
          GroupTopics(options_.site, options_.group).Feature(options_.agent)),
      request_topic_(GroupTopics(options_.site, options_.group).Request()),
      decided_topic_(GroupTopics(options_.site, options_.group).Decided()),
      config_topic_(GroupTopics(options_.site, options_.group).Config()),
      leave_topic_(AgentTopics(options_.site, options_.agent).Command("leave")),
      clock_topic_(
          GroupTopics(options_.site, options_.group).Clock(options_.agent)),
      clock_answer_topic_(
          AgentTopics(options_.site, options_.agent).Command("clock")),
      presence_({options_.site, options_.agent},
                {.tier = std::string(TierName(Tier::kDevice)),
                 .group = options_.group,
                 .device = options_.device,
                 .boot = options_.boot,
                 .bundle_tag = network.bundle().tag},
                bus, metrics,
                [this](OutgoingMessage message) { Send(std::move(message)); }),
      ring_(options_.ring_ticks, kRingBytes),
      sender_(MakeSender()),
      preview_(
          options_.preview_period,
          GroupTopics(options_.site, options_.group).Preview(options_.agent),
          [this](OutgoingMessage message) {
            return Send(std::move(message));
          }) {
  bus_->Subscribe(leave_topic_, Qos::kAtLeastOnce);
  bus_->Subscribe(clock_answer_topic_, Qos::kAtMostOnce);
  bus_->Subscribe(config_topic_, Qos::kAtLeastOnce);
  bus_->Subscribe(decided_topic_, Qos::kAtMostOnce);
  bus_->Subscribe(request_topic_, Qos::kAtMostOnce);
}

std::unique_ptr<ViewSender> DevicePipeline::MakeSender() {
  const GroupTopics topics(options_.site, options_.group);
  const auto sink = [this](OutgoingMessage message) {
    return Send(std::move(message));
  };
  const OffloadSender::Encoding& encoding = options_.offload;
  if (encoding.offload == Offload::kNone) {
    return std::make_unique<ScoreSender>(network_, options_.device,
                                         topics.Score(options_.agent), sink,
                                         &ring_, &counters_, &metrics_);
  }
  spdlog::warn(
      "pixels_leave site={} group={} as={} reason=\"the group's tree offloads: "
      "every view goes to the cloud\"",
      options_.site, options_.group, Name(encoding.offload));
  return std::make_unique<OffloadSender>(network_.bundle(), encoding,
                                         topics.Offload(options_.agent), sink,
                                         &counters_, &metrics_);
}

void DevicePipeline::OnViews(const TickViews& views, Instant now) {
  if (ending_) return;
  presence_.OnEvent();
  SetCameraUp(views.camera_up);
  if (!views.camera_up) return;
  // Made for a run that the edge has replaced meanwhile.
  if (start_.schedule() && Before(views.tick, start_.schedule()->first_tick)) {
    ++stale_ticks_;
    return;
  }
  if (views.captured) {
    const EdgeClock* const source = options_.edge_clock;
    const Instant there = source == nullptr ? now : now - source->offset();
    metrics_.view.Observe(std::max(0.0, SecondsSince(*views.captured, there)));
  }
  if (views.reading.count() > 0)
    metrics_.capture.Observe(Seconds(views.reading));
  ++ticks_;
  views_ += views.views.size();
  sender_->Add(views);
  if (!begun_ && OffersAgain()) {
    sender_->Clear();  // until then the ring has it
  } else {
    if (sender_->ticks() == 1) batch_due_ = now + options_.batch;
    if (BatchIsFull()) sender_->Send();
  }
  preview_.OnViews(views, now);
}

void DevicePipeline::OnBus(const BusEvent& event, Instant now) {
  if (ending_) return;
  presence_.OnEvent();
  std::visit([this, now](const auto& what) { On(what, now); }, event);
}

void DevicePipeline::OnTime(Instant now) {
  if (ending_) return;
  TellWaiting(now);
  const bool batch_is_due = IsOver(batch_due_, options_.batch, now);
  if (sender_->ticks() > 0 && batch_is_due) sender_->Send();
  AskTheTime(now);
  ReadSource();
  presence_.OnTime(now);
}

void DevicePipeline::TellWaiting(Instant now) {
  if (!presence_.connected() || begun_) return waits_since_.reset();
  if (!waits_since_) waits_since_ = now;
  if (waiting_told_ || now - *waits_since_ < kTellWaitingAfter) return;
  waiting_told_ = true;
  spdlog::warn(
      "no_schedule site={} group={} remedy=\"start the group's edge agent, or "
      "check site and group\"",
      options_.site, options_.group);
}

std::optional<Instant> DevicePipeline::NextDeadline() const {
  std::optional<Instant> next = presence_.NextDeadline();
  const auto consider = [&](Instant due) {
    next = std::min(next.value_or(due), due);
  };
  if (sender_->ticks() > 0) consider(batch_due_);
  if (presence_.connected() && start_.schedule()) consider(clock_probe_.next());
  return next;
}

void DevicePipeline::Finish() {
  if (sender_->ticks() > 0) sender_->Send();
  ReadSource();
  presence_.Finish();
}

void DevicePipeline::On(const BusConnected& /*event*/, Instant /*now*/) {
  begun_ = false;
  start_.OnConnected();
  presence_.OnConnected();
}

void DevicePipeline::On(const BusDisconnected& event, Instant /*now*/) {
  begun_ = false;
  if (OffersAgain()) sender_->Clear();  // the ring has it
  presence_.OnDisconnected(event);
  if (!event.final) return;
  ending_ = {event.error == Error::kRefused ? kExitRefused : kExitUnavailable,
             "the broker refuses this agent: " + event.reason};
}

void DevicePipeline::On(const BusMessage& message, Instant now) {
  if (message.topic == request_topic_) {
    OnRequest(message);
  } else if (message.topic == decided_topic_) {
    OnDecided(message);
  } else if (message.topic == config_topic_) {
    OnConfig(message);
  } else if (message.topic == leave_topic_) {
    OnLeave(message);
  } else if (message.topic == clock_answer_topic_) {
    OnClock(message, now);
  }
}

void DevicePipeline::OnRequest(const BusMessage& message) {
  const auto request = codec_.DecodeRequest(message.payload);
  if (!request) return Reject(message, request.failure());
  for (const SampleId& sample : request->wanted) {
    if (const FeatureMap* map = ring_.Find(sample)) {
      SendMap(sample, *map);
    } else if (!ring_.HasTick(sample.tick)) {
      ++map_not_in_ring_;
    }
  }
}

void DevicePipeline::OnDecided(const BusMessage& message) {
  const auto decided = codec_.DecodeDecided(message.payload);
  if (!decided) return Reject(message, decided.failure());
  ring_.Forget(decided->tick);
  if (const auto start = start_.OnDecided(decided->tick)) return Begin(*start);
  if (start_.schedule()) source_->OnDecided(decided->tick);
}

void DevicePipeline::OnConfig(const BusMessage& message) {
  // An empty retained message deletes the config; the next one counts.
  if (message.payload.empty()) return;
  const auto config = DecodeGroupConfig(message.payload);
  if (!config) return Reject(message, config.failure());
  if (config->bundle_tag != network_.bundle().tag) {
    return RefuseConfig(config->bundle_tag);
  }
  if (const auto start = start_.OnConfig(config->schedule, config->term)) {
    Begin(*start);
  }
}

void DevicePipeline::OnLeave(const BusMessage& message) {
  const auto leave = DecodeLeave(message.payload);
  if (!leave) return Reject(message, leave.failure());
  ending_ = {leave->error == Error::kWrongBundle ? kExitProtocol : kExitConfig,
             fmt::format("the edge of group {} sent this agent away: {}",
                         options_.group, leave->reason)};
}

void DevicePipeline::OnClock(const BusMessage& message, Instant now) {
  const auto answer = DecodeClockAnswer(message.payload);
  if (!answer) return Reject(message, answer.failure());
  if (!clock_probe_.OnAnswer(*answer, now)) {
    return Reject(message, {Error::kOutOfRange, "it answers no open question"});
  }
  const ClockProbe::Reading reading = *clock_probe_.reading();
  metrics_.clock_offset.Set(reading.offset_s);
  metrics_.clock_error.Set(reading.error_s);
  if (options_.edge_clock != nullptr) options_.edge_clock->Follow(reading);
}

/// Only an edge that leads the group, and knows us, answers.
void DevicePipeline::AskTheTime(Instant now) {
  if (!presence_.connected() || !start_.schedule()) return;
  const bool unheard = clock_probe_.waits();
  if (const auto question = clock_probe_.Due(now)) {
    // Its queue at the broker may have been full when we were born.
    if (unheard) presence_.SayHello();
    Send({.topic = clock_topic_, .payload = EncodeClockQuestion(*question)});
  }
}

void DevicePipeline::Begin(const GroupStart::Start& start) {
  if (start.is_new_run) {
    ring_.Clear();
    sender_->Clear();
    spdlog::info("ticks_begin first_tick={} ticks_per_second={}",
                 start.schedule.first_tick, start.schedule.ticks_per_second);
  }
  // The edge's clock may have been set, or it is another edge.
  if (start.is_new_run || start.is_new_opening) clock_probe_.AskSoon();
  begun_ = true;
  waiting_told_ = false;
  if (start.is_new_opening && OffersAgain()) {
    ticks_offered_again_ += sender_->OfferAgain();
  }
  source_->Begin(start.schedule, start.decided);
}

bool DevicePipeline::OffersAgain() const {
  return sender_->keeps() && start_.schedule() && start_.schedule()->paced();
}

void DevicePipeline::Reject(const BusMessage& message, const Failure& failure) {
  const auto before =
      presence_.CountRejected(KindOf(message.topic), Name(failure.error));
  // The first of its kind loudly; the counter tells of the rest.
  spdlog::log(before == 0 ? spdlog::level::warn : spdlog::level::debug,
              "message_rejected topic={} reason={} {}", message.topic,
              Name(failure.error), failure.message);
}

void DevicePipeline::RefuseConfig(std::uint32_t tag) {
  presence_.Reject(MessageKind::kConfig, Name(Error::kWrongBundle));
  if (refused_tag_ == tag) return;
  refused_tag_ = tag;
  spdlog::error(
      "wrong_bundle group={} its_tag={:08x} our_tag={:08x} "
      "remedy=\"give this agent and its edge the same bundle file\"",
      options_.group, tag, network_.bundle().tag);
}

void DevicePipeline::SetCameraUp(bool up) {
  if (presence_.camera_up() == up) return;
  // What was seen before comes first: then nobody waits for us any more.
  if (sender_->ticks() > 0) sender_->Send();
  presence_.SetCameraUp(up);
  metrics_.camera_up.Set(up ? 1 : 0);
  presence_.SayHello();
}

bool DevicePipeline::BatchIsFull() const {
  // Unpaced, no more than a window of ticks comes before an answer.
  const auto& schedule = start_.schedule();
  const bool waits =
      !(schedule && schedule->paced()) &&
      sender_->ticks() >= static_cast<std::size_t>(options_.window);
  return options_.batch == milliseconds(0) || waits || sender_->full();
}

void DevicePipeline::SendMap(const SampleId& sample, const FeatureMap& map) {
  std::string payload = TimedEncode(codec_, SampleMap{sample, map}, &metrics_);
  if (Send(TickMessage(feature_topic_, std::move(payload)))) {
    content_bytes_ += map.bits.size();
  }
}

void DevicePipeline::ReadSource() {
  const SourceStats source = source_->stats();
  counters_["frames_captured"] = source.frames_captured;
  counters_["frames_replaced"] = source.frames_replaced;
  counters_["skipped_ticks"] = source.frames_unreadable;
  counters_["ticks_missed"] = source.ticks_missed;
  counters_["camera_restarts"] = source.restarts;
  counters_["evicted_ticks"] = ring_.evicted();
  if (source.last_frame) {
    metrics_.last_frame.Set(SecondsSince(Instant{}, *source.last_frame));
  }
}

bool DevicePipeline::Send(OutgoingMessage message) {
  const StageTimer timer(metrics_.publish);
  const auto sent = bus_->Publish(std::move(message));
  if (!sent) CountUnsent(sent.error(), &counters_);
  return sent.ok();
}

}  // namespace ddnn

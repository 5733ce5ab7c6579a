#include "edge_agent/group_publisher.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

#include "core/telemetry/stage_timer.h"

namespace ddnn {
namespace {

constexpr std::chrono::seconds kResultExpiry{60};
/// A paced group needs the watermark for its rings alone, so once in a while.
constexpr std::chrono::seconds kPacedDecidedPeriod{1};
/// ... but before a device's ring of 256 ticks runs over.
constexpr Tick kPacedDecidedTicks = 64;
/// Samples of one request at most.
constexpr std::size_t kMaxWanted = 1024;
/// What the bus had no room for is tried again after this.
constexpr milliseconds kFlushPeriod{5};
constexpr std::string_view kJson = "application/json";

}  // namespace

GroupPublisher::GroupPublisher(const EdgeConfig& config, const Bundle& bundle,
                               Backlog* backlog, AgentCounters* counters,
                               EdgeMetrics* metrics)
    : bundle_(bundle),
      codec_(bundle),
      backlog_(backlog),
      counters_(*counters),
      metrics_(*metrics),
      group_(config.group),
      topics_(config.site, config.group),
      of_devices_{topics_.Request()},
      of_branches_{topics_.EdgeRequest()},
      batch_(config.batch_ms),
      ask_topic_(CloudAskTopic(config.site, config.agent)),
      ask_expiry_(std::chrono::ceil<std::chrono::seconds>(
          milliseconds(config.cloud_ms))) {}

void GroupPublisher::Open(const TickSchedule& schedule) {
  schedule_ = schedule;
  decided_ = schedule.first_tick - 1;
  Reopen();
}

void GroupPublisher::Reopen() {
  if (!schedule_) return;
  const GroupConfig config{bundle_.tag, bundle_.device_count(), bundle_.classes,
                           *schedule_};
  backlog_->Send({.topic = topics_.Config(),
                  .payload = EncodeGroupConfig(config),
                  .qos = Qos::kAtLeastOnce,
                  .retain = true,
                  .content_type = std::string(kJson)});
  // Of the same QoS, so that it cannot overtake the schedule it belongs to.
  SendDecided(Qos::kAtLeastOnce);
}

void GroupPublisher::CarryOut(const std::vector<Action>& actions) {
  if (actions.empty()) return;
  const StageTimer timer(metrics_.publish);
  for (const Action& action : actions) {
    std::visit([this](const auto& item) { Do(item); }, action);
  }
}

void GroupPublisher::Do(const AskForMaps& ask) {
  Want(ask.wanted, &of_devices_);
}

void GroupPublisher::Do(const AskForEdgeMaps& ask) {
  Want(ask.wanted, &of_branches_);
}

void GroupPublisher::Want(const std::vector<SampleId>& wanted,
                          Request* request) {
  for (const SampleId& sample : wanted) {
    request->wanted.push_back(sample);
    if (request->wanted.size() == kMaxWanted) Send(request);
  }
}

void GroupPublisher::Send(Request* request) {
  backlog_->Send(
      {.topic = request->topic,
       .payload = codec_.Encode(MapRequest{std::exchange(request->wanted, {})}),
       .alias = true});
  request->due.reset();
}

void GroupPublisher::Do(const OfferToCloud& offer) {
  if (offer.again) ++counters_["repeated_cloud_asks"];
  backlog_->Send({.topic = ask_topic_,
                  .payload = codec_.Encode(offer.ask),
                  .alias = true,
                  .expiry = ask_expiry_});
}

void GroupPublisher::Do(const PublishResult& publish) {
  const SampleResult& result = publish.result;
  CountResult(result);
  std::string json = EncodeResultJson(result, group_, bundle_.classes);
  latest_ = json;
  backlog_->Send({.topic = topics_.Result(),
                  .payload = std::move(json),
                  .qos = Qos::kAtLeastOnce,
                  .expiry = kResultExpiry,
                  .content_type = std::string(kJson)});
  backlog_->Send({.topic = topics_.ResultFb(),
                  .payload = codec_.Encode(result),
                  .qos = Qos::kAtLeastOnce,
                  .expiry = kResultExpiry});
}

void GroupPublisher::CountResult(const SampleResult& result) {
  ++counters_[ResultCounter(result.exit, result.status)];
  counters_["content_bytes"] +=
      static_cast<std::uint64_t>(result.content_bytes);
  counters_["raw_view_bytes"] += kViewBytes * result.views_used.size();
  metrics_.Observe(result);
}

void GroupPublisher::Do(const PublishLoss& publish) {
  ++counters_["lost_" + std::string(Name(publish.loss.reason))];
  backlog_->Send({.topic = topics_.Lost(),
                  .payload = EncodeLossJson(publish.loss, group_),
                  .qos = Qos::kAtLeastOnce,
                  .expiry = kResultExpiry,
                  .content_type = std::string(kJson)});
}

void GroupPublisher::Do(const PublishDecided& decided) {
  decided_ = decided.tick;
  decided_waits_ = true;
}

void GroupPublisher::SendDecided(Qos qos) {
  decided_waits_ = false;
  sent_decided_ = decided_;
  backlog_->Send({.topic = topics_.Decided(),
                  .payload = codec_.Encode(Decided{decided_}),
                  .qos = qos,
                  .retain = true,
                  .alias = true});
}

void GroupPublisher::OnTime(Instant now) {
  for (Request* request : {&of_devices_, &of_branches_}) {
    if (request->wanted.empty()) continue;
    if (!request->due) request->due = now + batch_;
    if (now >= *request->due) Send(request);
  }
  backlog_->Flush();
  if (!backlog_->empty()) {
    flush_due_ = now + kFlushPeriod;
    return;
  }
  if (decided_waits_ &&
      (now >= decided_due_ || decided_ - sent_decided_ >= kPacedDecidedTicks)) {
    SendDecided(Qos::kAtMostOnce);
    if (schedule_ && schedule_->paced())
      decided_due_ = now + kPacedDecidedPeriod;
  }
  if (!latest_ || now < latest_due_) return;
  latest_due_ = now + kLatestPeriod;
  backlog_->Send({.topic = topics_.Latest(),
                  .payload = *std::exchange(latest_, std::nullopt),
                  .qos = Qos::kAtLeastOnce,
                  .retain = true,
                  .content_type = std::string(kJson)});
}

std::optional<Instant> GroupPublisher::NextDeadline() const {
  if (!backlog_->empty()) return flush_due_;
  std::optional<Instant> next;
  const auto consider = [&next](bool waits, Instant due) {
    if (waits && (!next || due < *next)) next = due;
  };
  for (const Request* request : {&of_devices_, &of_branches_}) {
    consider(request->due.has_value(), request->due.value_or(Instant{}));
  }
  consider(decided_waits_, decided_due_);
  consider(latest_.has_value(), latest_due_);
  return next;
}

}  // namespace ddnn

#include "edge_agent/group_publisher.h"

#include <chrono>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "core/telemetry/stage_timer.h"

namespace ddnn {
namespace {

constexpr std::chrono::seconds kResultExpiry{60};
/// A paced group needs the watermark for its rings alone, so once in a while.
constexpr std::chrono::seconds kPacedDecidedPeriod{1};
/// ... but before a device's ring runs over: 256 ticks unless its `ring.ticks`
/// says otherwise. A shorter one may lose maps and sums that are still wanted.
constexpr Tick kPacedDecidedTicks = 64;
/// Samples of one request at most.
constexpr std::size_t kMaxWanted = 1024;
/// Ranges of ticks that went unheard travel together.
constexpr std::chrono::seconds kUnheardPeriod{1};
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

void GroupPublisher::Open(const TickSchedule& schedule, std::uint32_t term,
                          Tick decided) {
  schedule_ = schedule;
  decided_ = decided;
  Reopen(term);
}

void GroupPublisher::Reopen(std::uint32_t term) {
  config_ = EncodeGroupConfig(
      {bundle_.tag, bundle_.device_count(), bundle_.classes, *schedule_, term});
  Repeat();
}

void GroupPublisher::Repeat() {
  backlog_->Send({.topic = topics_.Config(),
                  .payload = config_,
                  .qos = Qos::kAtLeastOnce,
                  .retain = true,
                  .content_type = std::string(kJson)});
  SendDecided();
}

void GroupPublisher::Close() {
  // The last word: whoever leads next has the less to repeat.
  const bool all_out = !backlog_->held() && backlog_->empty();
  if (decided_waits_ && all_out) SendDecided();
  schedule_.reset();
  config_.clear();
  decided_waits_ = false;
  latest_.reset();
  unheard_.reset();
  for (Request* request : {&of_devices_, &of_branches_}) {
    request->wanted.clear();
    request->due.reset();
  }
  counters_["answers_withdrawn"] += backlog_->Clear();
}

void GroupPublisher::TakeBack(std::vector<OutgoingMessage> unsent) {
  std::erase_if(unsent, [this](const OutgoingMessage& message) {
    return message.topic == topics_.Config() ||
           message.topic == topics_.Decided() ||
           message.topic == topics_.Lease();
  });
  if (!schedule_) {
    counters_["answers_withdrawn"] += unsent.size();
    return;
  }
  for (OutgoingMessage& message : unsent) FlagAgain(&message);
  backlog_->TakeBack(unsent);
}

void GroupPublisher::FlagAgain(OutgoingMessage* answer) const {
  std::string& payload = answer->payload;
  if (answer->topic == topics_.Result() || answer->topic == topics_.Latest()) {
    if (auto result = DecodeResultJson(payload, bundle_.classes)) {
      result->again = true;
      payload = EncodeResultJson(*result, group_, bundle_.classes);
    }
  } else if (answer->topic == topics_.ResultFb()) {
    if (auto result = codec_.DecodeResult(payload)) {
      result->again = true;
      payload = codec_.Encode(*result);
    }
  } else if (answer->topic == topics_.Lost()) {
    auto loss = DecodeLossJson(payload);
    if (!loss) return;
    if (auto* sample = std::get_if<SampleLoss>(&*loss)) {
      sample->again = true;
      payload = EncodeLossJson(*sample, group_);
    }
  }
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

void GroupPublisher::Do(const PublishUnheard& unheard) {
  const TicksUnheard& ticks = unheard.ticks;
  counters_["ticks_unheard"] += ticks.last - ticks.first + 1;
  if (!unheard_) {
    unheard_ = ticks;
    return;
  }
  if (Before(ticks.first, unheard_->first)) unheard_->first = ticks.first;
  if (Before(unheard_->last, ticks.last)) unheard_->last = ticks.last;
  std::set<int> devices(unheard_->devices.begin(), unheard_->devices.end());
  devices.insert(ticks.devices.begin(), ticks.devices.end());
  unheard_->devices.assign(devices.begin(), devices.end());
}

void GroupPublisher::SendUnheard() {
  if (!unheard_) return;
  backlog_->Send(
      {.topic = topics_.Lost(),
       .payload = EncodeLossJson(*std::exchange(unheard_, {}), group_),
       .qos = Qos::kAtLeastOnce,
       .expiry = kResultExpiry,
       .content_type = std::string(kJson)});
}

void GroupPublisher::Do(const PublishDecided& decided) {
  decided_ = decided.tick;
  decided_waits_ = true;
}

void GroupPublisher::SendDecided() {
  SendUnheard();
  decided_waits_ = false;
  sent_decided_ = decided_;
  backlog_->Send({.topic = topics_.Decided(),
                  .payload = codec_.Encode(Decided{decided_}),
                  .qos = Qos::kAtLeastOnce,
                  .retain = true,
                  .alias = true});
}

void GroupPublisher::OnTime(Instant now) {
  if (backlog_->held()) return;
  for (Request* request : {&of_devices_, &of_branches_}) {
    if (request->wanted.empty()) continue;
    if (!request->due) request->due = now + batch_;
    if (IsOver(*request->due, batch_, now)) Send(request);
  }
  if (unheard_ && IsOver(unheard_due_, kUnheardPeriod, now)) {
    unheard_due_ = now + kUnheardPeriod;
    SendUnheard();
  }
  backlog_->Flush();
  if (!backlog_->empty()) {
    flush_due_ = now + Backlog::kFlushPeriod;
    return;
  }
  if (decided_waits_ && (IsOver(decided_due_, kPacedDecidedPeriod, now) ||
                         decided_ - sent_decided_ >= kPacedDecidedTicks)) {
    SendDecided();
    if (schedule_ && schedule_->paced())
      decided_due_ = now + kPacedDecidedPeriod;
  }
  if (!latest_ || !IsOver(latest_due_, kLatestPeriod, now)) return;
  latest_due_ = now + kLatestPeriod;
  backlog_->Send({.topic = topics_.Latest(),
                  .payload = *std::exchange(latest_, std::nullopt),
                  .qos = Qos::kAtLeastOnce,
                  .retain = true,
                  .content_type = std::string(kJson)});
}

std::optional<Instant> GroupPublisher::NextDeadline() const {
  if (backlog_->held()) return std::nullopt;
  if (!backlog_->empty()) return flush_due_;
  std::optional<Instant> next;
  const auto consider = [&next](bool waits, Instant due) {
    if (waits && (!next || due < *next)) next = due;
  };
  for (const Request* request : {&of_devices_, &of_branches_}) {
    consider(request->due.has_value(), request->due.value_or(Instant{}));
  }
  consider(unheard_.has_value(), unheard_due_);
  consider(decided_waits_, decided_due_);
  consider(latest_.has_value(), latest_due_);
  return next;
}

}  // namespace ddnn

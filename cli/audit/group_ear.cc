#include "cli/audit/group_ear.h"

#include <type_traits>
#include <variant>

namespace ddnn {
namespace {

constexpr std::size_t kMostAgents = 1000;

}  // namespace

void GroupEar::Subscribe(Bus* bus) const {
  const GroupTopics group(site_, group_);
  for (const auto& filter :
       {group.Config(), group.Result(), group.Lost(), group.Decided(),
        group.Lease(), AgentTopics(site_, "+").State()}) {
    bus->Subscribe(filter, Qos::kAtLeastOnce);
  }
  for (const auto& filter :
       {group.Score("+"), group.Offload("+"), group.Relay("+")}) {
    bus->Subscribe(filter, Qos::kAtMostOnce);
  }
}

std::optional<HeardEvent> GroupEar::Hear(const BusMessage& message) {
  const auto topic = ParseTopic(message.topic);
  if (!topic) return Reject();
  switch (KindOf(*topic)) {
    case MessageKind::kState:
      HearState(*topic, message);
      return std::nullopt;
    case MessageKind::kConfig: {
      auto config = DecodeGroupConfig(message.payload);
      if (!config) return Reject();
      config_ = *config;
      return std::move(*config);
    }
    case MessageKind::kLease: {
      auto lease = DecodeLease(message.payload);
      if (!lease) return Reject();
      leader_ = std::move(lease->holder);
      return std::nullopt;
    }
    case MessageKind::kResult:
    case MessageKind::kLost:
      return HearEnd(*topic, message);
    default:
      return HearBinary(*topic, message);
  }
}

void GroupEar::HearState(const ParsedTopic& topic, const BusMessage& message) {
  if (message.payload.empty()) {
    if (const auto at = online_.find(topic.agent); at != online_.end()) {
      online_.erase(at);
    }
    return;
  }
  auto state = DecodeAgentState(message.payload);
  if (!state) {
    ++rejected_;
    return;
  }
  const std::string agent(topic.agent);
  const bool known = devices_.contains(agent);
  if (state->device >= 0 && state->group == group_ &&
      (known || devices_.size() < kMostAgents)) {
    devices_[agent] = state->device;
  }
  if (!state->online) {
    online_.erase(agent);
  } else if (online_.contains(agent) || online_.size() < kMostAgents) {
    online_[agent] = std::move(*state);
  }
}

std::optional<HeardEvent> GroupEar::HearEnd(const ParsedTopic& topic,
                                            const BusMessage& message) {
  if (KindOf(topic) == MessageKind::kLost) {
    auto loss = DecodeLossJson(message.payload);
    if (!loss) return Reject();
    return std::visit([](auto& item) { return HeardEvent(item); }, *loss);
  }
  if (!config_) return Reject();
  auto result = DecodeResultJson(message.payload, config_->classes);
  if (!result) return Reject();
  return std::move(*result);
}

std::optional<HeardEvent> GroupEar::HearBinary(const ParsedTopic& topic,
                                               const BusMessage& message) {
  const int classes = config_ ? static_cast<int>(config_->classes.size()) : 0;
  auto mention = ReadMention(message.payload, classes);
  if (KindOf(topic) == MessageKind::kDecided) {
    if (!mention || mention->ticks.empty()) return Reject();
    return HeardWatermark{mention->ticks.front()};
  }
  if (!mention || !config_) return Reject();
  const auto device = devices_.find(topic.agent);
  return HeardScores{device == devices_.end() ? -1 : device->second,
                     std::move(*mention)};
}

}  // namespace ddnn

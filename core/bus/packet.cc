#include "core/bus/packet.h"

namespace ddnn {
namespace {

// Identifier byte + value, by section 2.2.2.2 of the MQTT 5 standard.
constexpr std::size_t kAliasPropertyBytes = 1 + 2;
constexpr std::size_t kExpiryPropertyBytes = 1 + 4;
constexpr std::size_t kFormatPropertyBytes = 1 + 1;
constexpr std::size_t kTextPropertyBytes = 1 + 2;  // and the text itself

}  // namespace

AliasUse AliasTable::Propose(const OutgoingMessage& message) const {
  if (!message.alias) return {};
  if (const auto known = aliases_.find(message.topic);
      known != aliases_.end()) {
    return {known->second, false};
  }
  if (aliases_.size() >= maximum_) return {};
  return {static_cast<std::uint16_t>(aliases_.size() + 1), true};
}

void AliasTable::Confirm(const OutgoingMessage& message, AliasUse use) {
  if (use.alias != 0 && use.named) aliases_.emplace(message.topic, use.alias);
}

bool IsText(const OutgoingMessage& message) {
  return message.content_type == "application/json";
}

std::size_t SubscribePacketBytes(
    const std::vector<Subscription>& subscriptions) {
  constexpr std::size_t kLengthByteReaches = 127;
  std::size_t bytes = kListedAckBytes;
  for (const Subscription& subscription : subscriptions) {
    bytes += 2 + subscription.filter.size() + 1;
  }
  return bytes - 2 > kLengthByteReaches ? bytes + 1 : bytes;
}

std::size_t PacketBytes(const OutgoingMessage& message, AliasUse use) {
  std::size_t properties = 0;
  if (use.alias != 0) properties += kAliasPropertyBytes;
  if (message.expiry) properties += kExpiryPropertyBytes;
  if (IsText(message)) properties += kFormatPropertyBytes;
  if (!message.content_type.empty()) {
    properties += kTextPropertyBytes + message.content_type.size();
  }
  return PublishPacketBytes(use.named ? message.topic.size() : 0,
                            message.payload.size(), message.qos, properties);
}

}  // namespace ddnn

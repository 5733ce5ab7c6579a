#include "core/bus/takeover_guard.h"

#include <algorithm>

namespace ddnn {
namespace {

constexpr std::size_t kRemembered = 8;

}  // namespace

TakeoverGuard::TakeoverGuard(const std::optional<OutgoingMessage>& will) {
  if (!will || !will->retain) return;
  topic_ = will->topic;
  will_ = will->payload;
}

void TakeoverGuard::Sent(const OutgoingMessage& message) {
  if (!Watches(message.topic)) return;
  if (sent_.size() >= kRemembered) sent_.pop_front();
  sent_.push_back(message.payload);
}

bool TakeoverGuard::Proves(const BusMessage& message, TimePoint now) {
  if (!Watches(message.topic) || message.payload == will_ ||
      std::find(sent_.begin(), sent_.end(), message.payload) != sent_.end()) {
    return false;
  }
  const bool proven = suspected_ && now - *suspected_ < kMemory;
  suspected_ = now;
  return proven;
}

}  // namespace ddnn

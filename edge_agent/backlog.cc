#include "edge_agent/backlog.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace ddnn {

Backlog::Backlog(Bus* bus, AgentCounters* counters)
    : bus_(bus), counters_(*counters) {}

void Backlog::Send(OutgoingMessage message) {
  if (message.qos == Qos::kAtMostOnce) {
    const auto sent = bus_->Publish(std::move(message));
    if (!sent) CountUnsent(sent.error(), &counters_);
    return;
  }
  Flush();
  if (kept_.empty() && TryToSend(message)) return;
  if (kept_.size() >= kCapacity) {
    CountUnsent(Error::kQueueFull, &counters_);
    return;
  }
  kept_.push_back(std::move(message));
}

void Backlog::Flush() {
  while (!kept_.empty() && TryToSend(kept_.front())) kept_.pop_front();
}

bool Backlog::TryToSend(const OutgoingMessage& message) {
  const auto sent = bus_->Publish(message);
  if (sent) return true;
  if (sent.error() == Error::kQueueFull ||
      sent.error() == Error::kNotConnected) {
    return false;
  }
  CountUnsent(sent.error(), &counters_);
  spdlog::warn("publish_failed topic={} error={}", message.topic,
               sent.message());
  return true;  // trying again cannot help
}

}  // namespace ddnn

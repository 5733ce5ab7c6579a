#include "edge_agent/backlog.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace ddnn {

Backlog::Backlog(Bus* bus, AgentCounters* counters)
    : bus_(bus), unsent_((*counters)["unsent_messages"]) {}

void Backlog::Send(OutgoingMessage message) {
  if (message.qos == Qos::kAtMostOnce) {
    if (!bus_->Publish(std::move(message))) ++unsent_;
    return;
  }
  Flush();
  if (kept_.empty() && TryToSend(message)) return;
  if (kept_.size() >= kCapacity) {
    ++unsent_;
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
  ++unsent_;
  spdlog::warn("publish_failed topic={} error={}", message.topic,
               sent.message());
  return true;  // trying again cannot help
}

}  // namespace ddnn

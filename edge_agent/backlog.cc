#include "edge_agent/backlog.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace ddnn {

Backlog::Backlog(Bus* bus, AgentCounters* counters)
    : bus_(bus), counters_(*counters) {}

void Backlog::SetHeld(bool held) {
  held_ = held;
  if (!held_) Flush();
}

void Backlog::TakeBack(const std::vector<OutgoingMessage>& unsent) {
  kept_.insert(kept_.begin(), unsent.begin(), unsent.end());
  for (const auto& message : unsent) payload_bytes_ += message.payload.size();
  for (; kept_.size() > kCapacity; kept_.pop_back()) {
    payload_bytes_ -= kept_.back().payload.size();
    CountUnsent(Error::kQueueFull, &counters_);
  }
}

std::size_t Backlog::Clear() {
  payload_bytes_ = 0;
  return std::exchange(kept_, {}).size();
}

void Backlog::Send(OutgoingMessage message) {
  if (message.qos == Qos::kAtMostOnce) {
    if (held_) return CountUnsent(Error::kNotConnected, &counters_);
    message.connection = connection_;
    const auto sent = bus_->Publish(std::move(message));
    if (!sent) CountUnsent(sent.error(), &counters_);
    return;
  }
  Flush();
  if (!held_ && kept_.empty() && TryToSend(&message)) return;
  if (kept_.size() >= kCapacity) {
    CountUnsent(Error::kQueueFull, &counters_);
    return;
  }
  payload_bytes_ += message.payload.size();
  kept_.push_back(std::move(message));
}

void Backlog::Flush() {
  while (!held_ && !kept_.empty() && TryToSend(&kept_.front())) {
    payload_bytes_ -= kept_.front().payload.size();
    kept_.pop_front();
  }
}

bool Backlog::TryToSend(OutgoingMessage* message) {
  message->connection = connection_;
  const auto sent = bus_->Publish(*message);
  if (sent) return true;
  if (sent.error() == Error::kQueueFull ||
      sent.error() == Error::kNotConnected) {
    return false;
  }
  CountUnsent(sent.error(), &counters_);
  spdlog::warn("publish_failed topic={} error={}", message->topic,
               sent.message());
  return true;  // trying again cannot help
}

}  // namespace ddnn

#include "core/bus/announcer.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>
#include <variant>

namespace ddnn {

void Announcer::SetSink(Bus::Sink sink) {
  const std::lock_guard lock(mutex_);
  sink_ = std::move(sink);
}

void Announcer::Announce(BusEvent event) {
  const std::lock_guard lock(mutex_);
  connected_ = std::holds_alternative<BusConnected>(event);
  sink_(std::move(event));
  if (!connected_) return;
  early_bytes_ = 0;
  for (auto& message : std::exchange(early_, {})) sink_(std::move(message));
}

void Announcer::OnMessage(BusMessage message) {
  const std::lock_guard lock(mutex_);
  if (connected_) return sink_(std::move(message));
  early_bytes_ +=
      sizeof(message) + message.topic.size() + message.payload.size();
  if (early_bytes_ <= kEarlyBytes) return early_.push_back(std::move(message));
  if (const auto count = drops_.Admit(std::chrono::steady_clock::now())) {
    spdlog::warn("mqtt_retained_dropped count={} limit_bytes={}", *count,
                 kEarlyBytes);
  }
}

void Announcer::Forget() {
  const std::lock_guard lock(mutex_);
  early_.clear();
  early_bytes_ = 0;
}

bool Announcer::connected() const {
  const std::lock_guard lock(mutex_);
  return connected_;
}

}  // namespace ddnn

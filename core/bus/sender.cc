#include "core/bus/sender.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/bus/topics.h"

namespace ddnn {
namespace {

using std::chrono::steady_clock;

// Paho stalls beyond the broker's receive maximum; Mosquitto's is 20.
constexpr std::size_t kWindow = 20;

}  // namespace

std::uint32_t Sender::Open(Link link, const BrokerLimits& limits) {
  const std::lock_guard link_lock(link_mutex_);
  link_ = std::move(link);
  aliases_ = AliasTable(limits.topic_aliases);
  packet_limit_ = limits.packet_bytes;
  const std::lock_guard lock(mutex_);
  outbox_.Reset(std::min(kWindow, limits.receive_maximum));
  return ++connection_;
}

void Sender::Close() {
  const std::lock_guard link_lock(link_mutex_);
  link_ = nullptr;
}

std::vector<OutgoingMessage> Sender::TakeBack() {
  const std::lock_guard lock(mutex_);
  return outbox_.TakeBack(steady_clock::now());
}

Result<std::size_t> Sender::Take(OutgoingMessage message) {
  const std::lock_guard link_lock(link_mutex_);
  const std::size_t bytes =
      PacketBytes(message, link_ ? aliases_.Propose(message) : AliasUse{});
  if (PacketBytes(message, {}) > packet_limit_) {
    return Error::kOversized;
  }
  const std::uint32_t present = link_ ? connection_ : 0;
  if (message.connection != 0 && message.connection != present) {
    return Error::kNotConnected;
  }
  if (message.qos == Qos::kAtMostOnce) {
    const Status sent = link_ ? Send(message, 0) : Status(Error::kNotConnected);
    if (!sent) return sent.failure();
    return bytes;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!outbox_.Push(std::move(message), steady_clock::now())) {
      return Error::kQueueFull;
    }
  }
  PumpLocked();
  return bytes;
}

void Sender::Pump() {
  const std::lock_guard link_lock(link_mutex_);
  PumpLocked();
}

void Sender::PumpLocked() {
  while (link_) {
    std::optional<Outbox::Item> item;
    {
      const std::lock_guard lock(mutex_);
      item = outbox_.Next(steady_clock::now());
    }
    if (!item) return;
    if (const Status sent = Send(*item->message, item->id); !sent) {
      const std::lock_guard lock(mutex_);
      outbox_.Return(item->id);
      return;
    }
  }
}

/// Precondition: there is a link, and link_mutex_ is held.
Status Sender::Send(const OutgoingMessage& message, std::uint64_t id) {
  const AliasUse use = aliases_.Propose(message);
  if (Status sent = link_(message, use, id); !sent) return sent;
  aliases_.Confirm(message, use);
  const std::lock_guard lock(mutex_);
  stats_.sent[KindOf(message.topic)].Add(message.payload.size(),
                                         PacketBytes(message, use));
  return Done{};
}

void Sender::Acknowledge(std::uint64_t id, bool taken) {
  const std::lock_guard lock(mutex_);
  outbox_.Acknowledge(id);
  if (taken) return;
  ++stats_.refused;
  if (const auto count = refusals_.Admit(steady_clock::now())) {
    spdlog::warn(
        "mqtt_publish_refused count={} remedy=\"see the broker's ACL file\"",
        *count);
  }
}

bool Sender::idle() const {
  const std::lock_guard lock(mutex_);
  return outbox_.empty();
}

BusStats Sender::stats() const {
  const std::lock_guard lock(mutex_);
  BusStats stats = stats_;
  stats.expired = outbox_.expired();
  stats.queue_messages = outbox_.size();
  stats.queue_bytes = outbox_.payload_bytes();
  return stats;
}

}  // namespace ddnn

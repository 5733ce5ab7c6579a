#include "core/bus/outbox.h"

#include <algorithm>
#include <utility>

namespace ddnn {
namespace {

/// The message with what is left of its time; nothing if it has none left.
std::shared_ptr<const OutgoingMessage> Aged(
    std::shared_ptr<const OutgoingMessage> message,
    std::chrono::steady_clock::duration age) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age);
  if (!message->expiry || seconds.count() == 0) return message;
  if (seconds >= *message->expiry) return nullptr;
  auto aged = std::make_shared<OutgoingMessage>(*message);
  aged->expiry = *message->expiry - seconds;
  return aged;
}

}  // namespace

bool Outbox::Push(OutgoingMessage message, TimePoint now) {
  if (size() >= capacity_) return false;
  payload_bytes_ += message.payload.size();
  waiting_.push_back(
      {next_id_++, std::make_shared<const OutgoingMessage>(std::move(message)),
       now});
  return true;
}

std::optional<Outbox::Item> Outbox::Next(TimePoint now) {
  while (!waiting_.empty() && in_flight_.size() < window_) {
    Item item = std::move(waiting_.front());
    waiting_.pop_front();
    auto aged = Aged(item.message, now - item.pushed);
    if (!aged) {
      ++expired_;
      payload_bytes_ -= item.message->payload.size();
      continue;
    }
    in_flight_.push_back(item);
    item.message = std::move(aged);
    return item;
  }
  return std::nullopt;
}

void Outbox::Acknowledge(std::uint64_t id) {
  std::erase_if(in_flight_, [this, id](const Item& item) {
    if (item.id != id) return false;
    payload_bytes_ -= item.message->payload.size();
    return true;
  });
}

void Outbox::Return(std::uint64_t id) {
  const auto item =
      std::find_if(in_flight_.begin(), in_flight_.end(),
                   [id](const Item& candidate) { return candidate.id == id; });
  if (item == in_flight_.end()) return;
  waiting_.push_front(std::move(*item));
  in_flight_.erase(item);
}

void Outbox::Reset(std::size_t window) {
  window_ = window;
  waiting_.insert(waiting_.begin(), std::move_iterator(in_flight_.begin()),
                  std::move_iterator(in_flight_.end()));
  in_flight_.clear();
}

std::vector<OutgoingMessage> Outbox::TakeBack(TimePoint now) {
  Reset(0);
  std::vector<OutgoingMessage> taken;
  std::erase_if(waiting_, [&](const Item& item) {
    if (item.message->connection == 0) return false;
    payload_bytes_ -= item.message->payload.size();
    if (const auto aged = Aged(item.message, now - item.pushed)) {
      taken.push_back(*aged);
    } else {
      ++expired_;
    }
    return true;
  });
  return taken;
}

}  // namespace ddnn

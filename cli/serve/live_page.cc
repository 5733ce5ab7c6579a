#include "cli/serve/live_page.h"

#include <utility>

namespace ddnn {

void LivePage::OnEvent(const BusEvent& event, Instant now) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto* message = std::get_if<BusMessage>(&event)) {
      state_.OnMessage(*message, now);
      if (message->topic.ends_with("/config")) TellOfOtherBundles();
    } else {
      OnBroker(std::get_if<BusDisconnected>(&event));
    }
  }
  changed_ = true;
  OnTime(now);
}

void LivePage::OnBroker(const BusDisconnected* lost) {
  state_.OnBroker(lost == nullptr);
  if (lost == nullptr) {
    if (broker_missed_) tell_("the broker answers");
  } else if (lost->final) {
    refusal_ = lost->reason;
  } else if (!broker_missed_) {
    tell_("the broker cannot be reached (" + lost->reason +
          "): is it up, and --broker its address? Trying again");
  }
  broker_missed_ = lost != nullptr;
}

void LivePage::TellOfOtherBundles() {
  for (const std::string& name : state_.groups()) {
    const auto other = state_.group(name)->OtherBundle();
    if (!other) {
      strange_.erase(name);
    } else if (std::exchange(strange_[name], *other) != *other) {
      tell_(name + ": " + *other +
            "; its cameras' own scores and T are not shown");
    }
  }
}

void LivePage::OnTime(Instant now) {
  // A clock that was set back must not silence the page.
  if (now >= *NextDeadline() || now < published_) Publish(now);
}

std::optional<Instant> LivePage::NextDeadline() const {
  return published_ + (changed_ ? kPeriod : kLongestSilence);
}

void LivePage::Publish(Instant now) {
  {
    const std::lock_guard lock(mutex_);
    published_ = now;
    ++version_;
  }
  changed_ = false;
  newer_.notify_all();
}

std::optional<LivePage::Update> LivePage::Await(std::string_view group,
                                                std::uint64_t seen) {
  std::unique_lock lock(mutex_);
  newer_.wait(lock, [&] { return closed_ || version_ > seen; });
  if (closed_) return std::nullopt;
  return Update{version_, PageJson(state_, group,
                                   {.inbox_dropped = inbox_dropped_,
                                    .slow_clients = slow_clients_},
                                   published_)};
}

std::shared_ptr<const std::string> LivePage::Preview(std::string_view group,
                                                     int device) const {
  const std::lock_guard lock(mutex_);
  const GroupPage* page = state_.group(group);
  const auto* preview = page ? page->preview(device, published_) : nullptr;
  return preview ? preview->jpeg : nullptr;
}

void LivePage::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  newer_.notify_all();
}

}  // namespace ddnn

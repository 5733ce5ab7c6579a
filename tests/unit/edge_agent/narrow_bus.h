#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/bus.h"

namespace ddnn {

/// Takes as many messages as it has room for, and small ones only.
class NarrowBus final : public Bus {
 public:
  static constexpr std::size_t kLargest = 10'000;

  void Subscribe(std::string, Qos) override {}
  void SetWill(OutgoingMessage) override {}
  void Start(Sink) override {}
  void Stop() override {}
  BusStats stats() const override { return {}; }
  Result<std::size_t> Publish(OutgoingMessage message) override {
    if (message.payload.size() > kLargest) return Error::kOversized;
    if (room == 0) return Error::kQueueFull;
    --room;
    sent.push_back(std::move(message));
    return std::size_t{1};
  }

  int room = 0;
  std::vector<OutgoingMessage> sent;
};

}  // namespace ddnn
